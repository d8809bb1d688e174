import ArgumentParser
import ClusterState
import Console
import Foundation
import Resilience

/// `holdfast whatif`: what a loss or a planned change does to every PG.
struct WhatIfCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whatif",
        abstract: "Tell what a loss or a planned change does to every PG.",
        discussion: """
            Computed from every PG of a state file or of the running cluster; nothing is changed. docs/whatif.md says what
            each figure means.
            """,
        subcommands: [
            WhatIfLoseCommand.self, WhatIfOutCommand.self, WhatIfInCommand.self, WhatIfReweightCommand.self,
            WhatIfAddHostCommand.self, WhatIfAddOSDCommand.self, WhatIfRuleChangeCommand.self,
            WhatIfPoolSizeCommand.self, WhatIfUpmapCommand.self,
        ])
}

/// How an answer is printed.
enum WhatIfOutput: String, CaseIterable, ExpressibleByArgument {
    case table, json
}

extension StateSource {
    /// Where every PG is, of the state file or the running cluster.
    func placements(in session: Session) async throws -> PlacementSnapshot {
        let capture = try await capture(in: session)
        guard let ceph = capture.ceph else {
            throw Failure(
                .failure, code: "NoCeph", "the capture has nothing of Ceph",
                hint: "take it again with access to Ceph: holdfast state capture -o FILE")
        }
        if ceph.pgs == nil {
            try session.streams.warn("the capture has no PGs: they are taken to be where the map says, and whole")
        }
        if !ceph.consistency.isSettled {
            try session.streams.warn("PGs were moving while the capture was taken; figures may be off by those")
        }
        return await PlacementSnapshot(of: ceph, workers: Self.workers)
    }

    /// How many threads compute.
    static var workers: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
}
