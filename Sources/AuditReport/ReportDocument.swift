import Audit
import ClusterState
import Resilience
import Vocabulary

/// The report as JSON and YAML have it: a stable schema of its own, documented in docs/audit.md.
///
/// Bytes are integers, times are RFC 3339 in UTC, shares are from 0 to 1. Fields are added, never changed.
public struct ReportDocument: Encodable, Sendable {
    var apiVersion = "holdfast.io/v1alpha1"
    var kind = "AuditReport"
    var cluster: Cluster
    var profile: String
    var selfCheck: Comparison
    var verdicts: [Verdict]
    var totals: [String: Int]
    var findings: [Item]
    var machines: [Machine]
    var domains: [Domain]
    var missing: [MissingPart]
    var notExamined: [Absent]

    struct Cluster: Encodable {
        var takenAt: String
        var holdfast: String
        var fsid: String?
        var epoch: UInt32?
        var release: String?
        var kubernetes: String?
        var hosts: Int
        var osds: Int
        var pools: Int
        var pgs: Int
    }

    struct Comparison: Encodable {
        var result: SelfCheck.Result
        var oracles: [String]
        var compared: Int
        var skipped: Int
        var differing: Int
        var examples: [String]
    }

    struct Verdict: Encodable {
        var domain: String
        var grade: Report.Verdict.Grade
        var sentence: String
    }

    struct Item: Encodable {
        struct Subject: Encodable {
            var kind: String
            var name: String
        }
        struct Fact: Encodable {
            var name: String
            var value: String
        }
        struct Acceptance: Encodable {
            var source: String
            var reason: String
        }

        var check: String
        var title: String?
        var severity: Severity
        var subject: Subject
        var message: String
        var evidence: [Fact]
        var remedy: [String]
        var basis: Finding.Basis
        var page: String
        var accepted: Acceptance?
    }

    struct Machine: Encodable {
        var name: String
        var host: String?
        var node: String?
        var joinedBy: String?
        var survived: Bool
        var pgsStopped: Int?
        var pgsLost: Int?
        var fullestAfter: Double?
        var quorums: [Quorum]
        var workloads: [Workload]
        var volumes: [String]
        var volumesExact: Bool
        var webhooks: [String]
        var podsWithoutRoom: Int
        var drain: Drain
    }

    struct Quorum: Encodable {
        var system: String
        var name: String
        var members: Int
        var needed: Int
        var left: Int
        var holds: Bool
    }

    struct Workload: Encodable {
        var name: String
        var system: String?
        var critical: Bool
        var cascade: [String]
    }

    struct Drain: Encodable {
        var safe: Bool
        var reasons: [String]
        var commands: [String]
    }

    struct Domain: Encodable {
        struct Pool: Encodable {
            var pool: Int64
            var name: String
            var degraded: Int
            var stopped: Int
            var lost: Int
            var homeless: Int
        }

        var type: String
        var name: String
        var survived: Bool
        var heals: Bool
        var degraded: Int
        var stopped: Int
        var lost: Int
        var homeless: Int
        var bytesToMove: UInt64
        var fullestAfter: Double?
        var monitorsLeft: Int?
        var pools: [Pool]
    }

    struct Absent: Encodable {
        var check: String
        var reason: String
    }

    /// The document of a report. Of single OSDs only those whose loss is not survived are listed.
    public init(_ report: Report) {
        let header = report.header
        cluster = Cluster(
            takenAt: header.takenAt, holdfast: header.holdfast, fsid: header.fsid, epoch: header.epoch,
            release: header.release, kubernetes: header.kubernetes, hosts: header.hosts, osds: header.osds,
            pools: header.pools, pgs: header.pgs)
        profile = header.profile
        let check = report.selfCheck
        selfCheck = Comparison(
            result: check.result, oracles: check.oracles, compared: check.compared, skipped: check.skipped,
            differing: check.differing, examples: check.examples.map(\.description))
        verdicts = report.verdicts.map { Verdict(domain: $0.domain, grade: $0.grade, sentence: $0.sentence) }
        totals = Dictionary(uniqueKeysWithValues: Severity.allCases.map { ($0.rawValue, report.count($0)) })
        totals["accepted"] = report.accepted.count
        findings = (report.findings + report.accepted).map { Item($0, title: report.titles[$0.check]) }
        machines = report.machines.rows.map(Machine.init(_:))
        domains = (report.losses?.levels ?? []).flatMap { level in
            level.reports.filter { level.type != "osd" || !$0.isSurvived }.map { Domain($0, type: level.type) }
        }
        missing = report.missing
        notExamined = report.notExamined.map { Absent(check: $0.check, reason: $0.reason) }
    }
}

extension ReportDocument.Item {
    init(_ finding: Finding, title: String?) {
        check = finding.check
        self.title = title
        severity = finding.severity
        subject = Subject(kind: finding.subject.kind, name: finding.subject.name)
        message = finding.message
        evidence = finding.evidence.map { Fact(name: $0.name, value: $0.value) }
        remedy = finding.remedy
        basis = finding.basis
        page = Report.page(of: finding.check)
        accepted = finding.acceptance.map { Acceptance(source: $0.source, reason: $0.reason) }
    }
}

extension ReportDocument.Machine {
    init(_ row: JointMatrix.Row) {
        name = row.machine
        host = row.host
        node = row.node
        joinedBy = row.joinedBy
        survived = row.isSurvived
        pgsStopped = row.loss?.total.belowMinSize.pgs
        pgsLost = row.loss?.total.lost.pgs
        fullestAfter = row.loss?.load.fullest?.fill
        quorums = row.quorums.map {
            ReportDocument.Quorum(
                system: $0.system, name: $0.name, members: $0.members, needed: $0.needed, left: $0.left, holds: $0.holds
            )
        }
        workloads = row.workloads.map {
            ReportDocument.Workload(name: $0.name, system: $0.system, critical: $0.isCritical, cascade: $0.cascade)
        }
        volumes = row.volumes
        volumesExact = row.volumesAreExact
        webhooks = row.webhooks
        podsWithoutRoom = row.podsWithoutRoom
        drain = ReportDocument.Drain(safe: row.drain.isSafe, reasons: row.drain.reasons, commands: row.drain.commands)
    }
}

extension ReportDocument.Domain {
    init(_ report: LossReport, type: String) {
        self.type = type
        name = report.scenario.domains.first?.name ?? ""
        survived = report.isSurvived
        heals = report.heals
        degraded = report.total.degraded.pgs
        stopped = report.total.belowMinSize.pgs
        lost = report.total.lost.pgs
        homeless = report.total.homeless.pgs
        bytesToMove = report.total.bytesToMove.bytes
        fullestAfter = report.load.fullest?.fill
        monitorsLeft = report.quorum?.left
        pools = report.pools.filter { $0.counts.degraded.pgs > 0 || $0.counts.homeless.pgs > 0 }.map {
            Pool(
                pool: $0.pool.value, name: $0.name, degraded: $0.counts.degraded.pgs,
                stopped: $0.counts.belowMinSize.pgs, lost: $0.counts.lost.pgs, homeless: $0.counts.homeless.pgs)
        }
    }
}

extension Report {
    /// Where a check is explained, from the top of the project.
    static func page(of check: String) -> String { "docs/checks/\(check).md" }
}
