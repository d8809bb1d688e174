import Foundation
import Glibc
public import Testing

/// A lab that a test needs and that is not there.
public struct LabMissing: Error, CustomStringConvertible {
    /// The environment variable or file that should have told where it is.
    public var variable: String
    /// The program that makes one.
    public var program: String

    /// What is missing and how to get it.
    public var description: String {
        "\(variable) names no lab; start one: \(program) up && eval \"$(\(program) env)\""
    }
}

extension Trait where Self == ConditionTrait {
    /// The test uses the Ceph cluster that tests share. Where there is none, the test is skipped and says so; under
    /// `HOLDFAST_REQUIRE_LAB=1` it runs, and ``CephLab/shared(deadline:)`` makes it fail.
    public static var needsCeph: Self {
        .enabled(if: isRequired || isSet(CephLab.variable), "no Ceph cluster: \(CephLab.variable) is not set")
    }

    /// The test uses the Kubernetes control plane that tests share. Where there is none, the test is skipped and says so;
    /// under `HOLDFAST_REQUIRE_LAB=1` it runs, and ``KubeLab/shared(deadline:)`` makes it fail.
    public static var needsKubernetes: Self {
        .enabled(if: isRequired || isSet(KubeLab.variable), "no control plane: \(KubeLab.variable) is not set")
    }

    /// The test starts Ceph clusters of its own. Where Ceph's daemons are not installed, the test is skipped and says so;
    /// under `HOLDFAST_REQUIRE_LAB=1` it runs and fails.
    public static var startsCeph: Self {
        .enabled(if: isRequired || isInstalled("ceph-mon", "ceph-osd", "ceph"), "Ceph is not installed: scripts/setup")
    }

    /// The test starts control planes of its own. Where the lab that tests share is not there either, the test is skipped
    /// and says so, because Kubernetes is probably not built; under `HOLDFAST_REQUIRE_LAB=1` it runs and fails.
    public static var startsKubernetes: Self {
        .enabled(if: isRequired || isSet(KubeLab.variable), "no control plane: \(KubeLab.variable) is not set")
    }

    /// The test attaches volumes to this machine as block devices, through FUSE and a loop device, and mounts them. Where
    /// the programs, the devices or the rights (root's) are missing, the test is skipped and says so; under
    /// `HOLDFAST_REQUIRE_LAB=1` it runs and fails.
    public static var attachesVolumes: Self {
        let devices = ["/dev/fuse", "/dev/loop-control"].allSatisfy(FileManager.default.isWritableFile)
        return .enabled(
            if: isRequired || (geteuid() == 0 && devices && isInstalled("qemu-storage-daemon", "losetup", "mkfs.ext4")),
            "volumes cannot be attached here: that takes root, /dev/fuse, loop devices and scripts/setup")
    }

    /// The test boots a guest by `deploy/dev/guest`, on an address that it gives this machine. Where the programs or the
    /// rights (root's) are missing, the test is skipped and says so; under `HOLDFAST_REQUIRE_LAB=1` it runs and fails.
    public static var bootsGuests: Self {
        .enabled(
            if: isRequired || (geteuid() == 0 && isInstalled("qemu-system-x86_64", "busybox", "ip")),
            "no guest can be booted here: that takes root and scripts/setup")
    }

    private static var isRequired: Bool { ProcessInfo.processInfo.environment["HOLDFAST_REQUIRE_LAB"] == "1" }

    private static func isSet(_ variable: String) -> Bool {
        ProcessInfo.processInfo.environment[variable]?.isEmpty == false
    }

    private static func isInstalled(_ programs: String...) -> Bool {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return programs.allSatisfy { program in
            folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
        }
    }
}
