/// What a probe found, and its text in the form that kube-apiserver's own probes have.
struct HealthReport: Equatable, Sendable {
    /// One check's outcome.
    struct Line: Equatable, Sendable {
        var name: String
        var verdict: HealthCheck.Verdict
    }

    /// The probe's name: `healthz`, `readyz`.
    var probe: String
    /// In the order in which the checks were given.
    var lines: [Line]

    var isHealthy: Bool { lines.allSatisfy { $0.verdict == .healthy } }

    /// Asks all checks at once.
    static func ask(_ probe: String, _ checks: [CheckRunner]) async -> HealthReport {
        let verdicts = await withTaskGroup(of: (Int, HealthCheck.Verdict).self) { group in
            for (index, runner) in checks.enumerated() {
                group.addTask { (index, await runner.verdict()) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let lines = checks.enumerated().map { index, runner in
            Line(name: runner.check.name, verdict: verdicts[index] ?? .unhealthy("not asked"))
        }
        return HealthReport(probe: probe, lines: lines)
    }

    /// `ok` when all is well and nobody asked for more; else a line a check and a line of summary.
    func text(verbose: Bool) -> String {
        if isHealthy && !verbose { return "ok" }
        let details = lines.map { line in
            switch line.verdict {
            case .healthy: "[+]\(line.name) ok\n"
            case .unhealthy(let reason): "[-]\(line.name) failed: \(reason)\n"
            }
        }
        return details.joined() + "\(probe) check \(isHealthy ? "passed" : "failed")\n"
    }
}
