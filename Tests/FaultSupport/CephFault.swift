public import Foundation
import LabSupport

/// What happens to a program at one of its calls into librados or librbd, whatever the program: a library that is loaded
/// before Ceph's counts the calls (Tests/FaultShim). The program is the one that is shipped.
public struct CephFault: Hashable, Sendable {
    /// What happens.
    public enum Action: String, Sendable {
        /// SIGKILL.
        case kill
        /// SIGSTOP, once; SIGCONT thaws it.
        case stop
    }

    /// When it happens.
    public enum Moment: String, Sendable, CaseIterable {
        /// Before the call is made.
        case before
        /// When it has returned; a call that only begins something has begun it then.
        case after
    }

    /// What happens.
    public var action: Action
    /// When.
    public var moment: Moment
    /// At the how manieth call, from 1.
    public var number: Int
    /// Of which C function; nil counts all calls.
    public var function: String?

    /// A fault.
    public init(_ action: Action, _ moment: Moment, _ number: Int, function: String? = nil) {
        self.action = action
        self.moment = moment
        self.number = number
        self.function = function
    }

    /// The variables with which a program is to be started.
    ///
    /// - Parameter log: A file that the calls are noted in.
    public static func environment(_ fault: CephFault?, log: URL) -> [String: String?] {
        [
            "LD_PRELOAD": Checkout.executable("libFaultShim.so"), "HOLDFAST_FAULT_LOG": log.path,
            "HOLDFAST_FAULT": fault.map {
                "\($0.action.rawValue) \($0.moment.rawValue) \($0.number) \($0.function ?? "")"
            },
        ]
    }
}
