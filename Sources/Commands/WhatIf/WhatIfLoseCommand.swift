import ArgumentParser
import Console
import Resilience

/// `holdfast whatif lose`: what the loss of failure domains does.
struct WhatIfLoseCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "lose",
        abstract: "Tell what the loss of hosts, racks or OSDs does.",
        usage: """
            holdfast whatif lose <type=name[,type=name...]> [--state <file>] [-o json]
            holdfast whatif lose --each <type> [--state <file>] [-o json]
            holdfast whatif lose --pairs <type> [--state <file>] [-o json]
            """,
        discussion: """
            First everything named is down: which PGs are degraded, below min_size, lost. Then it is out: which PGs CRUSH
            puts elsewhere, which find no home, how full OSDs get. --each looks at every domain of a type, --pairs at every
            two of them; its table shows the pairs that are not survived.

            EXAMPLES:
              holdfast whatif lose host=node-3
              holdfast whatif lose rack=r1,osd=17 --state state.tar.gz
              holdfast whatif lose --each host
              holdfast whatif lose --pairs host -o json | jq '.losses[] | select(.survived | not) | .loss'

            EXIT CODES:
              0 all losses are survived   2 no such domain or file   3 a loss loses data, or stops PGs or the monitors
              4 the cluster cannot be reached   5 not allowed
            """)

    @Argument(help: ArgumentHelp("What is lost: host=node-3, rack=r1, osd=17, with commas.", valueName: "type=name"))
    var lost: String?

    @Option(help: ArgumentHelp("Each domain of a type by itself.", valueName: "type"))
    var each: String?

    @Option(help: ArgumentHelp("Each two domains of a type.", valueName: "type"))
    var pairs: String?

    @OptionGroup(title: "Source") var source: StateSource

    @Option(name: .shortAndLong, help: "table or json")
    var output: WhatIfOutput = .table

    @OptionGroup(title: "Output options") var options: OutputOptions

    var errorForm: Failure.Form { output == .json ? .json : .text }

    mutating func validate() throws {
        guard [lost, each, pairs].count(where: { $0 != nil }) == 1 else {
            throw ValidationError("say what is lost: host=NAME, --each TYPE or --pairs TYPE, one of them")
        }
    }

    func perform(in session: Session) async throws {
        let snapshot = try await source.placements(in: session)
        let reports: [LossReport]
        var verdict: DomainVerdict?
        do throws(LossScenarioError) {
            if let each {
                reports = try await reportEach(each, snapshot, session)
                verdict = DomainVerdict(type: each, reports: reports)
            } else if let pairs {
                reports = try await reportPairs(pairs, snapshot, session)
            } else {
                reports = [snapshot.report(losing: try snapshot.domains.scenario(lost ?? ""))]
            }
        } catch {
            throw Failure(.notFound, code: "NoSuchDomain", "\(error)")
        }
        try answer(reports, verdict, snapshot, session)
        let harmful = reports.count { !$0.isSurvived }
        guard harmful == 0 else {
            throw Failure(
                .conflict, code: "NotSurvived",
                reports.count == 1
                    ? "the loss of \(reports[0].scenario) is not survived"
                    : "\(harmful) of \(reports.count) losses are not survived")
        }
    }

    private func reportEach(
        _ type: String, _ snapshot: PlacementSnapshot, _ session: Session
    ) async throws(LossScenarioError) -> [LossReport] {
        try snapshot.domains.check(type: type)
        let count = snapshot.domains.all(type).count
        return await withProgress(count, "losses", session) { progress in
            await snapshot.reports(each: type, workers: StateSource.workers, progress: progress)
        }
    }

    private func reportPairs(
        _ type: String, _ snapshot: PlacementSnapshot, _ session: Session
    ) async throws(LossScenarioError) -> [LossReport] {
        try snapshot.domains.check(type: type)
        let count = snapshot.domains.all(type).count
        return await withProgress(count * (count - 1) / 2, "pairs", session) { progress in
            await snapshot.reports(pairs: type, workers: StateSource.workers, progress: progress)
        }
    }

    private func withProgress(
        _ count: Int, _ unit: String, _ session: Session,
        _ work: (@escaping @Sendable (Int) -> Void) async -> [LossReport]
    ) async -> [LossReport] {
        let line = count > 200 ? ProgressLine("Looking", total: count, unit: unit, on: session.streams) : nil
        let reports = await work { more in
            do {
                try line?.advance(by: more)
            } catch {
                // Nobody can read stderr; the answer is computed all the same.
            }
        }
        do {
            try line?.finish()
        } catch {
            // As above.
        }
        return reports
    }

    private func answer(
        _ reports: [LossReport], _ verdict: DomainVerdict?, _ snapshot: PlacementSnapshot, _ session: Session
    ) throws {
        let streams = session.streams
        if output == .json {
            let document = LossDocument(reports, verdict: verdict, before: snapshot.before)
            return try streams.answer(try JSONText.pretty(document) + "\n")
        }
        let before = snapshot.before
        if before.degraded.pgs > 0 || before.belowMinSize.pgs > 0 {
            try streams.warn(
                "before any loss \(before.degraded.pgs) PGs are degraded, \(before.belowMinSize.pgs) below min_size")
        }
        if lost != nil, let report = reports.first {
            try streams.answer(LossText.detail(report, streams.outputPalette))
        } else if let verdict {
            try streams.answer("\(verdict)\n\n" + LossText.overview(reports, streams.outputPalette))
        } else {
            let harmful = reports.filter { !$0.isSurvived }
            try streams.answer("\(reports.count - harmful.count) of \(reports.count) pairs are survived\n")
            if !harmful.isEmpty {
                try streams.answer("\n" + LossText.overview(harmful, streams.outputPalette))
            }
        }
    }
}
