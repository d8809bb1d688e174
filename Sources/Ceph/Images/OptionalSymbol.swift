import CephShim
import Glibc

/// A call that newer releases have and Ceph 16 has not; looked for in the installed library at run time.
struct OptionalSymbol: Sendable {
    let name: String
    let release: String

    /// Clone by a snapshot's number.
    static let clone4 = OptionalSymbol(name: "rbd_clone4", release: "19 (Squid)")
}

extension Call {
    /// Throws `.unsupported` unless the installed library has the call.
    func require(_ symbol: OptionalSymbol) throws(CephError) {
        guard ceph_shim_has_symbol(symbol.name) == 0 else { return }
        throw CephError(
            .unsupported, errno: EOPNOTSUPP, operation: symbol.name, target: target,
            status: "the installed librbd lacks it; Ceph \(symbol.release) has it")
    }
}
