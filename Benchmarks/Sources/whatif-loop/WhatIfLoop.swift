import CRUSH
import ClusterState
import Foundation
import Resilience
import Vocabulary

/// Looks at every host, or at every two hosts, of an osdmap, and prints how many losses there were and what took how long:
/// reading the map and mapping every PG once, and the losses.
///
///     whatif-loop each|pairs FILE THREADS
@main
struct WhatIfLoop {
    struct WrongUsage: Error {}

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 3, let threads = Int(arguments[2]) else { throw WrongUsage() }
        let clock = ContinuousClock()
        let start = clock.now
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: arguments[1])))
        var map = try OSDMap(decoding: bytes)
        // As osdmaptool's --mark-up-in, which is not kept in the file.
        map.states.states = map.states.states.map { _ in [.exists, .up] }
        map.states.markAllUpIn()
        let snapshot = await PlacementSnapshot(of: CephCapture(osdMap: map), workers: threads)
        let ready = clock.now
        let reports: [LossReport]
        switch arguments[0] {
        case "each": reports = await snapshot.reports(each: "host", workers: threads)
        case "pairs": reports = await snapshot.reports(pairs: "host", workers: threads)
        default: throw WrongUsage()
        }
        let done = clock.now
        let remapped = reports.reduce(0) { $0 + $1.total.remapped.pgs }
        print(reports.count, remapped, seconds(ready - start), seconds(done - ready))
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
