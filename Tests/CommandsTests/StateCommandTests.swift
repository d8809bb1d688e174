import ArgumentParser
import Console
import Testing

@testable import Commands

@Suite struct StateCommandTests {
    /// What is refused before anything is asked, and the word that the message must have.
    @Test(arguments: [
        (["state", "capture"], "-o"), (["state", "capture", "-o", "f", "--timeout", "0"], "--timeout"),
        (["state", "capture", "-o", "f", "--ceph-config", "c"], "--conf"),
        (["state", "capture", "-o", "f", "--id", "client.x"], "--id"), (["state", "show", "f", "-o", "html"], "html"),
        (["state", "show", "f", "--kube"], "--kube"), (["state", "show", "f", "--conf", "c"], "--conf"),
        (["state", "show", "f", "--id", "x"], "--id"), (["state", "show", "f", "--context", "c"], "--context"),
    ])
    func wrongUsageIsNamed(arguments: [String], word: String) {
        let error = #expect(throws: (any Error).self) { try HoldfastCommand.parseAsRoot(arguments) }
        guard let error else { return }
        #expect(HoldfastCommand.exitCode(for: error).rawValue == CommandStatus.usage.rawValue)
        #expect(HoldfastCommand.fullMessage(for: error).contains(word))
    }

    @Test(arguments: [
        (HoldfastCommand.helpMessage(for: StateCaptureCommand.self), "holdfast state capture -o state.tar.gz --kube"),
        (HoldfastCommand.helpMessage(for: StateShowCommand.self), "holdfast state show --kube --id holdfast-audit"),
    ]) func helpHasExamplesAndFitsATerminal(text: String, words: String) {
        #expect(text.contains(words) && text.contains("EXIT CODES"))
        #expect(text.split(separator: "\n").filter { displayWidth($0) > 100 } == [])
    }

    @Test func aFileThatIsNoStateFileAndOneThatIsNotThereAreTold() async throws {
        for (path, status) in [("/no/such/file", CommandStatus.notFound), ("/etc/hostname", .failure)] {
            let command = try #require(try HoldfastCommand.parseAsRoot(["state", "show", path]) as? StateShowCommand)
            let session = Samples.session()
            #expect(await command.run(in: session) == status)
            #expect(session.streams.story.contents.contains(path))
            #expect(session.streams.output.contents.isEmpty)
        }
    }
}
