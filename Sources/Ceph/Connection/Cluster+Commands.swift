import CephShim
import Glibc
public import Vocabulary

/// What a daemon answered to a command.
public struct CommandReply: Hashable, Sendable {
    /// The answer itself, in the format that the command asked for.
    public var output: [UInt8]
    /// The status line, for people.
    public var status: String
}

extension Cluster {
    /// Sends a command to the monitors: the JSON form of what `ceph` would send (`{"prefix": "status",
    /// "format": "json"}`), with `input` as the file that `-i` would read.
    ///
    /// A refusal carries the monitor's own words in ``CephError/status``. Whether a command that timed out was
    /// applied is unknown.
    /// - Implements: rados_mon_command
    public func monCommand(_ json: String, input: [UInt8] = []) async throws(CephError) -> CommandReply {
        try await command("rados_mon_command", json, input, to: "the monitors") { cluster, request, reply in
            rados_mon_command(
                cluster, request.command, 1, request.input, request.inputCount,
                &reply.output, &reply.outputCount, &reply.status, &reply.statusCount)
        }
    }

    /// Sends a command to the active manager; see ``monCommand(_:input:)``. Waits for a manager to become active,
    /// within the limits.
    ///
    /// Close the cluster soon after a command that timed out: librados would write an answer that comes late to memory
    /// that the command has given back.
    /// - Implements: rados_mgr_command
    public func mgrCommand(_ json: String, input: [UInt8] = []) async throws(CephError) -> CommandReply {
        try await command("rados_mgr_command", json, input, to: "the manager") { cluster, request, reply in
            let result = rados_mgr_command(
                cluster, request.command, 1, request.input, request.inputCount,
                &reply.output, &reply.outputCount, &reply.status, &reply.statusCount)
            // When the time is up librados gives the code without its minus sign (`C_SaferCond::wait_for`).
            return result == ETIMEDOUT ? -ETIMEDOUT : result
        }
    }

    /// Sends a command to one OSD; see ``monCommand(_:input:)``. Throws `.shutdown` (ENXIO as `.other`) if it is
    /// down.
    /// - Implements: rados_osd_command
    public func osdCommand(
        _ json: String, to osd: OSDID, input: [UInt8] = []
    ) async throws(CephError) -> CommandReply {
        try await command("rados_osd_command", json, input, to: "\(osd)") { cluster, request, reply in
            rados_osd_command(
                cluster, osd.value, request.command, 1, request.input, request.inputCount,
                &reply.output, &reply.outputCount, &reply.status, &reply.statusCount)
        }
    }

    private func command(
        _ function: String, _ json: String, _ input: [UInt8], to daemon: String,
        _ send: @escaping @Sendable (UnsafeMutableRawPointer, Request, inout Reply) -> Int32
    ) async throws(CephError) -> CommandReply {
        try Call(function: function, name: daemon).refuseNUL(json)
        return try await control(function, daemon, effect: .atomic) { call, cluster throws(CephError) in
            var reply = Reply()
            defer { reply.free() }
            let result = json.withCString { text in
                input.withUnsafeBytes { bytes in
                    withUnsafePointer(to: Optional(text)) { command in
                        let request = Request(
                            command: UnsafeMutablePointer(mutating: command),
                            input: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), inputCount: bytes.count)
                        return send(cluster, request, &reply)
                    }
                }
            }
            guard result >= 0 else { throw call.failure(Int(result), status: reply.statusText) }
            return CommandReply(output: reply.outputBytes, status: reply.statusText)
        }
    }
}

/// A command as C takes it.
private struct Request {
    let command: UnsafeMutablePointer<UnsafePointer<CChar>?>
    let input: UnsafePointer<CChar>?
    let inputCount: Int
}

/// The buffers that the library allocates for an answer.
private struct Reply {
    var output: UnsafeMutablePointer<CChar>?
    var outputCount = 0
    var status: UnsafeMutablePointer<CChar>?
    var statusCount = 0

    var outputBytes: [UInt8] {
        Array(UnsafeRawBufferPointer(start: output, count: output == nil ? 0 : outputCount))
    }

    var statusText: String {
        String(
            decoding: UnsafeRawBufferPointer(start: status, count: status == nil ? 0 : statusCount), as: UTF8.self)
    }

    /// - Implements: rados_buffer_free
    func free() {
        rados_buffer_free(output)
        rados_buffer_free(status)
    }
}
