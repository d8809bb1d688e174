import Glibc
import Testing

@testable import Observability

@Suite struct ProcessStatisticsTests {
    private let units = ProcessStatistics.Units(ticksPerSecond: 100, pageSize: 4096)
    private let system = "cpu  1 2 3\nbtime 1700000000\nprocesses 9\n"

    @Test func readsTheFieldsAfterACommandNameOfAnyKind() throws {
        let stat = "42 (a ) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 1 0 2000 8192000 250 18446744073709551615"
        let found = try #require(ProcessStatistics(stat: stat, system: system, openFiles: 7, units: units))
        #expect(found.cpuSeconds == 2)
        #expect(found.startTime == 1_700_000_020)
        #expect(found.virtualBytes == 8_192_000)
        #expect(found.residentBytes == 1_024_000)
        #expect(found.openFiles == 7)
    }

    @Test(arguments: ["", "42 (x", "42 (x) S 1 2", "42 (x) S 1 2 3 4 5 6 7 8 9 10 a b 0 0 20 0 1 0 c d e"])
    func refusesTextThatIsNoStat(stat: String) {
        #expect(ProcessStatistics(stat: stat, system: system, openFiles: 0, units: units) == nil)
    }

    @Test func thisProcessHasAllOfThem() throws {
        let process = try #require(ProcessStatistics.current())
        #expect(process.residentBytes > 1_048_576)
        #expect(process.virtualBytes >= process.residentBytes)
        #expect(process.openFiles >= 3)
        // time(2) counts whole seconds.
        let now = Double(time(nil)) + 1
        #expect(process.startTime <= now && process.startTime > now - 86_400)
        let text = PrometheusRegistry().exposition()
        for name in ["cpu_seconds_total", "open_fds", "resident_memory_bytes", "start_time_seconds"] {
            #expect(text.contains("\nprocess_\(name) ") || text.hasPrefix("process_\(name) "), "\(name)")
        }
    }
}
