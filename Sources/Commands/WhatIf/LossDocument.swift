import Resilience
import Vocabulary

/// What losses do, as JSON.
struct LossDocument: Encodable {
    let apiVersion = "holdfast.io/v1alpha1"
    let kind = "LossReport"
    let verdict: String?
    let before: Counts
    let losses: [Loss]

    struct Loss: Encodable {
        let loss: String
        let domains: [String]
        let osds: [Int32]
        let hosts: [String]
        let survived: Bool
        let heals: Bool
        let total: Counts
        let pools: [PoolCounts]
        let load: Load
        let monitors: Monitors?
        let estimatedSeconds: Int64?
    }

    struct PoolCounts: Encodable {
        let pool: String
        let id: Int64
        let counts: Counts
    }

    struct Amount: Encodable {
        let pgs: Int
        let objects: Int
        let bytes: UInt64

        init(_ amount: PGAmount) {
            pgs = amount.pgs
            objects = amount.objects
            bytes = amount.bytes.bytes
        }
    }

    struct Counts: Encodable {
        let degraded: Amount
        let belowMinSize: Amount
        let lost: Amount
        let remapped: Amount
        let misplaced: Amount
        let homeless: Amount
        let stopped: Amount
        let cannotRemap: Bool
        let copiesToMove: Int
        let bytesToMove: UInt64

        init(_ counts: LossCounts) {
            degraded = Amount(counts.degraded)
            belowMinSize = Amount(counts.belowMinSize)
            lost = Amount(counts.lost)
            remapped = Amount(counts.remapped)
            misplaced = Amount(counts.misplaced)
            homeless = Amount(counts.homeless)
            stopped = Amount(counts.stopped)
            cannotRemap = counts.cannotRemap
            copiesToMove = counts.copiesToMove
            bytesToMove = counts.bytesToMove.bytes
        }
    }

    struct Fill: Encodable {
        let osd: Int32
        let fill: Double

        init(_ fill: OSDLoad.Fill) {
            osd = fill.osd.value
            self.fill = fill.fill
        }
    }

    struct PGCount: Encodable {
        let osd: Int32
        let pgs: Int

        init(_ count: OSDLoad.PGCount) {
            osd = count.osd.value
            pgs = count.pgs
        }
    }

    struct Load: Encodable {
        let fullest: Fill?
        let aboveNearFull: [Fill]
        let aboveBackfillFull: [Fill]
        let aboveFull: [Fill]
        let mostPGs: PGCount?
        let abovePGLimit: [PGCount]

        init(_ load: OSDLoad) {
            fullest = load.fullest.map(Fill.init)
            aboveNearFull = load.aboveNearFull.map(Fill.init)
            aboveBackfillFull = load.aboveBackfillFull.map(Fill.init)
            aboveFull = load.aboveFull.map(Fill.init)
            mostPGs = load.mostPGs.map(PGCount.init)
            abovePGLimit = load.abovePGLimit.map(PGCount.init)
        }
    }

    struct Monitors: Encodable {
        let monitors: Int
        let left: Int
        let needed: Int
        let holds: Bool
        let lost: [String]
        let unplaced: [String]
    }

    init(_ reports: [LossReport], verdict: DomainVerdict?, before: LossCounts) {
        self.verdict = verdict?.description
        self.before = Counts(before)
        losses = reports.map(Loss.init)
    }
}

extension LossDocument.Loss {
    init(_ report: LossReport) {
        loss = report.scenario.description
        domains = report.scenario.domains.map { "\($0.type)=\($0.name)" }
        osds = report.scenario.osds.map(\.value)
        hosts = report.scenario.hosts
        survived = report.isSurvived
        heals = report.heals
        total = LossDocument.Counts(report.total)
        pools = report.pools.map(LossDocument.PoolCounts.init)
        load = LossDocument.Load(report.load)
        monitors = report.quorum.map(LossDocument.Monitors.init)
        estimatedSeconds = report.recovery.duration?.components.seconds
    }
}

extension LossDocument.PoolCounts {
    init(_ loss: PoolLoss) {
        pool = loss.name
        id = loss.pool.value
        counts = LossDocument.Counts(loss.counts)
    }
}

extension LossDocument.Monitors {
    init(_ quorum: QuorumLoss) {
        monitors = quorum.monitors
        left = quorum.left
        needed = quorum.needed
        holds = quorum.holds
        lost = quorum.lost
        unplaced = quorum.unplaced
    }
}

/// What a planned change does, as JSON.
struct ChangeDocument: Encodable {
    let apiVersion = "holdfast.io/v1alpha1"
    let kind = "ChangeReport"
    let change: String
    let total: LossDocument.Counts
    let pools: [LossDocument.PoolCounts]
    let loadBefore: LossDocument.Load
    let load: LossDocument.Load
    let estimatedSeconds: Int64?

    init(_ report: ChangeReport, change: String) {
        self.change = change
        total = LossDocument.Counts(report.total)
        pools = report.pools.map(LossDocument.PoolCounts.init)
        loadBefore = LossDocument.Load(report.loadBefore)
        load = LossDocument.Load(report.load)
        estimatedSeconds = report.recovery.duration?.components.seconds
    }
}
