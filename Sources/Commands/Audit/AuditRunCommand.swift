import ArgumentParser
import Audit
import AuditReport
import ClusterState
import Console
import Foundation
import KubernetesModel
import Resilience

/// `holdfast audit`: audits a running cluster or a state file.
struct AuditRunCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Audit a cluster (what `holdfast audit` does by itself).",
        usage: "holdfast audit [--state <file>] [--kube] [--profile <profile>] [--fail-on <severity>] [-o <format>]",
        discussion: """
            Reads the cluster, or a state file, maps every PG, takes away each failure domain in turn, and asks the \
            questions of the catalogue. It only reads.

            EXAMPLES:
              holdfast audit
              holdfast audit --kube -o html > report.html
              holdfast audit --state state.tar.gz --profile three-node --fail-on warning
              holdfast audit --state state.tar.gz --write html=report.html --write sarif=report.sarif
              holdfast audit explain P04

            EXIT CODES:
              0 nothing at or above --fail-on   1 findings at or above it
              2 no such file   3 could not judge: the state file or the baseline cannot be read
              4 unreachable or timed out   5 not allowed   64 wrong usage
            """)

    @OptionGroup var source: StateSource

    @Option(
        help: "What the cluster is held to: aio, three-node, production or stretch.",
        completion: .list(names(of: Profile.self)), transform: choice)
    var profile: Profile = .production

    @Option(
        help: "From which severity on findings make the exit code 1: critical, warning or info.",
        completion: .list(names(of: Severity.self)), transform: choice)
    var failOn: Severity = .critical

    @Option(
        help: ArgumentHelp("Accepted findings, with reasons.", valueName: "file"), completion: .file())
    var baseline: String?

    @Option(name: .shortAndLong, help: "table, wide, json, yaml, junit, sarif, html or metrics")
    var output: AuditOutput = .table

    @Option(
        help: ArgumentHelp(
            "Write the report to a file as well, in any form: html=report.html. May be given several times.",
            valueName: "format=file"))
    var write: [AuditCopy] = []

    @OptionGroup(title: "Output options") var options: OutputOptions

    var errorForm: Failure.Form { output == .json ? .json : .text }

    func perform(in session: Session) async throws {
        let accepted = try judging { try baseline.map(BaselineFile.read) }
        let capture: ClusterCapture
        do {
            capture = try await source.capture(in: session)
        } catch let failure as Failure where failure.status == .failure {
            throw failure.asNotJudged
        }
        try Task.checkCancellation()
        let oracle = await OSDMapTool(environment: session.environment).selfCheck(of: capture)
        let context = await AuditContext(
            of: capture, workers: ProcessInfo.processInfo.activeProcessorCount, oracle: oracle)
        try Task.checkCancellation()
        let today = String(Timestamp.now().rfc3339.prefix(10))
        let report = Report(
            of: AuditRunner(profile: profile, baseline: accepted, today: today).run(context))
        for copy in write {
            let text = try copy.form.text(of: report, failingFrom: failOn, palette: Palette(isEnabled: false))
            try judging { try Self.write(text, to: copy.file) }
        }
        try session.streams.answer(
            try output.text(of: report, failingFrom: failOn, palette: session.streams.outputPalette))
        let count = report.findings.filter { $0.severity >= failOn }.count
        guard count == 0 else {
            throw Failure(
                .failure, code: "Findings", "\(count) finding\(count == 1 ? "" : "s") at or above \(failOn.rawValue)",
                hint: "what a finding means: holdfast audit explain ID")
        }
    }

    private static func write(_ text: String, to file: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw Failure(
                .conflict, code: "Unwritable", "\(file) cannot be written: \(error.localizedDescription)",
                hint: "see that the folder is there and may be written")
        }
    }

    /// Does `body`; what it throws never has the status that means findings.
    private func judging<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let failure as Failure where failure.status == .failure {
            throw failure.asNotJudged
        }
    }
}

extension Failure {
    /// The same with the status that means that nothing could be judged: 1 means findings.
    fileprivate var asNotJudged: Failure { Failure(.conflict, code: code, message, hint: hint) }
}
