import ArgumentParser
import CRUSH
import Console
import Resilience
import Vocabulary

/// What all commands about a planned change have in common.
struct PlannedChangeOptions: ParsableArguments {
    @OptionGroup(title: "Source") var source: StateSource

    @Option(name: .shortAndLong, help: "table or json")
    var output: WhatIfOutput = .table
}

/// A command that tells what one change of the map does.
protocol PlannedChangeCommand: SessionCommand {
    var common: PlannedChangeOptions { get }
    /// The change that the arguments name.
    func change() throws -> PlannedChange
    /// The change in words.
    var title: String { get }
}

extension PlannedChangeCommand {
    var errorForm: Failure.Form { common.output == .json ? .json : .text }

    /// What every such command says of its exit codes.
    static var exitCodes: String {
        """
        EXIT CODES:
          0 every PG has a home   2 no such thing   3 PGs find no home, or OSDs get too full or too many PGs
        """
    }

    func perform(in session: Session) async throws {
        let change = try change()
        let snapshot = try await common.source.placements(in: session)
        let report: ChangeReport
        do throws(PlannedChangeError) {
            report = try await snapshot.report(of: change, workers: StateSource.workers)
        } catch {
            throw Failure(.notFound, code: "NotPossible", "\(error)")
        }
        switch common.output {
        case .json: try session.streams.answer(try JSONText.pretty(ChangeDocument(report, change: title)) + "\n")
        case .table: try session.streams.answer(LossText.change(report, title, session.streams.outputPalette))
        }
        let load = report.load
        guard report.total.homeless.pgs == 0, load.aboveBackfillFull.isEmpty, load.abovePGLimit.isEmpty else {
            throw Failure(
                .conflict, code: "NotHealthy",
                "\(report.total.homeless.pgs) PGs find no home, \(load.aboveBackfillFull.count) OSDs get above "
                    + "backfillfull, \(load.abovePGLimit.count) above their limit of PGs")
        }
    }
}

/// An OSD as a command line names it: `3` or `osd.3`.
struct OSDArgument: ExpressibleByArgument {
    let osd: OSDID

    init?(argument: String) {
        let digits = argument.hasPrefix("osd.") ? argument.dropFirst(4) : Substring(argument)
        guard let number = Int32(digits), number >= 0 else { return nil }
        osd = OSDID(number)
    }
}

/// A weight: a number from 0 on.
struct WeightArgument: ExpressibleByArgument {
    let weight: Weight

    init?(argument: String) {
        guard let number = Double(argument), (0..<65536).contains(number) else { return nil }
        weight = Weight(raw: UInt32(number * 65536))
    }
}
