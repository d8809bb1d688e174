import CephShim

/// The version of a library's interface, as the library that is loaded at run time reports it. It is not Ceph's release
/// number: librados 3.0.0 is that of every release since 14.
public struct LibraryVersion: Hashable, Sendable, CustomStringConvertible {
    /// The parts, from the one that breaks programs to the one that only mends.
    public let major, minor, extra: Int32

    /// `3.0.0`.
    public var description: String { "\(major).\(minor).\(extra)" }

    /// The loaded librados's.
    /// - Implements: rados_version
    public static func librados() -> LibraryVersion { read(rados_version) }

    /// The loaded librbd's.
    /// - Implements: rbd_version
    public static func librbd() -> LibraryVersion { read(rbd_version) }

    private static func read(
        _ call: (UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Int32>?) -> Void
    ) -> LibraryVersion {
        var (major, minor, extra): (Int32, Int32, Int32) = (0, 0, 0)
        call(&major, &minor, &extra)
        return LibraryVersion(major: major, minor: minor, extra: extra)
    }
}
