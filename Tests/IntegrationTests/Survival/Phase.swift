import Foundation

/// A stretch of a run, by the ledger's clock.
struct Phase: Sendable {
    var name: String
    var begin: Duration
    var end: Duration

    /// How many writes were acknowledged in it.
    func writes(in entries: [Ledger.Entry]) -> Int {
        entries.count { moment(of: $0) >= begin && moment(of: $0) <= end }
    }

    /// The longest time in which no writer at all got an acknowledgement, of the stalls that this stretch had a part in.
    func longestStall(in entries: [Ledger.Entry]) -> Duration {
        let moments = [begin] + entries.map(moment).sorted() + [end]
        return zip(moments, moments.dropFirst()).filter { $1 > begin && $0 < end }.map { $1 - $0 }.max() ?? end - begin
    }

    private func moment(of entry: Ledger.Entry) -> Duration { .nanoseconds(entry.nanoseconds) }

    /// A line of the report.
    func line(_ entries: [Ledger.Entry]) -> String {
        func seconds(_ duration: Duration) -> String {
            String(format: "%.2f", duration / .seconds(1))
        }
        let stall = seconds(longestStall(in: entries))
        return "\(name): \(writes(in: entries)) writes in \(seconds(end - begin)) s, longest stall \(stall) s"
    }
}
