import ArgumentParser
import ClusterState
import Console
import Vocabulary

/// `holdfast state capture`: takes a capture.
struct StateCaptureCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Save the state of a cluster to a file.",
        usage: "holdfast state capture -o <file> [--kube] [--redact] [<options>]",
        discussion: """
            Reads what an audit needs, in one consistent picture, and writes one compressed file. It only reads. What the \
            client may not read is left out; the file and stderr say what it is and what to grant.

            The file holds names of hosts, pools, claims and pods, addresses and options; no keys and no Secrets. \
            With --redact names and addresses are replaced by pseudonyms, the same ones everywhere in the file.

            EXAMPLES:
              holdfast state capture -o state.tar.gz
              holdfast state capture -o state.tar.gz --kube --id holdfast-audit
              holdfast state capture -o for-support.tar.gz --kube --redact
              holdfast state show state.tar.gz

            EXIT CODES:
              0 written, though parts may be missing   4 unreachable or timed out   5 not allowed to read the OSDMap
            """)

    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String

    @Flag(help: "Replace names and addresses by pseudonyms.")
    var redact = false

    @OptionGroup var source: LiveSource
    @OptionGroup(title: "Output options") var options: OutputOptions

    var errorForm: Failure.Form { .text }

    func perform(in session: Session) async throws {
        var capture = try await source.capture(in: session)
        if redact { capture = Redaction.redacted(capture) }
        let size = try StateFilePath(path: output).write(capture)
        let summary = StateSummary(of: capture)
        try session.streams.note("\(output): \(size) bytes, \(summary.sentence)")
        if let ceph = capture.ceph, !ceph.consistency.isSettled {
            try session.streams.warn(
                "the cluster was changing: \(ceph.consistency.stalePGs) PGs had not reported on the last change; "
                    + "take the capture again when it is quiet")
        }
    }
}
