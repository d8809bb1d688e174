/// The number that a command leaves behind. The numbers are part of the interface: scripts branch on them.
public enum CommandStatus: Int32, CaseIterable, Sendable {
    /// All that was asked for is done, or was already so.
    case success = 0
    /// Something failed that no other number names.
    case failure = 1
    /// A thing that was named does not exist.
    case notFound = 2
    /// A precondition does not hold, or somebody else's change is in the way.
    case conflict = 3
    /// A cluster did not answer, or not in time.
    case unreachable = 4
    /// The credentials do not allow it.
    case denied = 5
    /// The command line is wrong (sysexits.h's `EX_USAGE`, which swift-argument-parser uses).
    case usage = 64
    /// Ended by Ctrl-C: 128 + SIGINT, as shells count.
    case interrupted = 130

    /// The status of several failures together: the common one, or ``failure`` when they differ; ``success`` for none.
    public static func combined(_ statuses: some Sequence<CommandStatus>) -> CommandStatus {
        var result: CommandStatus?
        for status in statuses where status != .success {
            if let known = result, known != status { return .failure }
            result = status
        }
        return result ?? .success
    }
}
