import CRUSH
import ClusterState
import Vocabulary

/// How fast OSDs take in what recovery writes to them: a rule of thumb, not a promise.
///
/// An OSD's rate = its ceiling x a share.
/// - The ceiling follows from the device class: 150 MiB/s where it rotates (`hdd`), 1,200 MiB/s elsewhere: Ceph's own
///   `osd_mclock_max_sequential_bandwidth_hdd` and `_ssd`.
/// - Under the mclock scheduler (the default from Ceph 17) the share is that of recovery when clients are busy: 50 % for
///   `balanced`, 70 % for `high_recovery_ops`, 25 % for `high_client_ops`.
/// - Under another scheduler, or where recovery options override mclock, it is `osd_max_backfills` x 25 % (hdd: 10 %, as
///   `osd_recovery_sleep_hdd` rests between operations), at most 100 %.
///
/// Recovery lasts as long as the slowest OSD takes to write what is new on it. Reading, the network, small objects and
/// backfills that wait for each other are left out: the real time is longer as a rule.
struct RecoveryModel {
    private let map: OSDMap
    private let rotates: [OSDID: Bool]
    private let shareHDD: Double
    private let shareSSD: Double

    init(of capture: CephCapture) {
        map = capture.osdMap
        rotates = Dictionary(
            (capture.osdMetadata ?? []).compactMap { meta in meta.isRotational.map { (meta.osd, $0) } },
            uniquingKeysWith: { first, _ in first })
        let options = capture.configuration
        let hasMClock = map.requireOSDRelease.rawValue >= 17 && options[.opQueue] == "mclock_scheduler"
        if hasMClock, !options[.mclockOverridesRecovery] {
            let shares = ["high_recovery_ops": 0.7, "high_client_ops": 0.25]
            shareHDD = shares[options[.mclockProfile]] ?? 0.5
            shareSSD = shareHDD
        } else {
            let backfills = Double(max(1, options[.maxBackfills]))
            shareHDD = min(1, backfills * 0.1)
            shareSSD = min(1, backfills * 0.25)
        }
    }

    /// How many bytes a second an OSD takes in.
    func bytesPerSecond(_ osd: OSDID) -> Double {
        let className = map.crush.deviceClasses[ItemID(osd)].flatMap { map.crush.classNames[$0] }
        let isHDD = className.map { $0 == "hdd" } ?? rotates[osd] ?? true
        return isHDD ? 150 * 1_048_576 * shareHDD : 1_200 * 1_048_576 * shareSSD
    }
}
