import ArgumentParser
import Console
import Testing

@testable import Commands

@Suite struct CommandLineTests {
    @Test(arguments: [
        ["provision"], ["provision", "-f"], ["provision", "-f", "a", "--concurrency", "0"],
        ["provision", "-f", "a", "--timeout", "0"], ["provision", "-f", "a", "-o", "xml"],
        ["provision", "-f", "a", "--id", "x", "--name", "client.x"], ["provision", "-f", "a", "--name", "osd.1"],
        ["provision", "-f", "a", "--id", "client.x"], ["provision", "-f", "a", "--color", "pink"],
        ["provision", "-f", "a", "--pv-source", "nfs"], ["provision", "-f", "a", "--instance-id", ""], ["completion"],
        ["completion", "tcsh"],
        ["version", "-o", "yaml"], ["status", "-o", "yaml"], ["status", "--timeout", "0"],
        ["nonsense"],
    ]) func wrongUsageIs64(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try HoldfastCommand.parseAsRoot(arguments) }
        if let error { #expect(HoldfastCommand.exitCode(for: error).rawValue == CommandStatus.usage.rawValue) }
    }

    @Test func filesMayBeGivenTogetherAndAgain() throws {
        let command =
            try HoldfastCommand.parseAsRoot(["provision", "-f", "a", "b", "-f", "-", "-R"]) as? ProvisionCommand
        #expect(command?.filename == ["a", "b", "-"])
        #expect(command?.recursive == true)
    }

    @Test(arguments: [
        (HoldfastCommand.helpMessage(), "EXIT CODES"),
        (HoldfastCommand.helpMessage(for: ProvisionCommand.self), "holdfast provision -f manifests/ -R --dry-run"),
        (HoldfastCommand.helpMessage(for: StatusCommand.self), "holdfast status -o json | jq -r .leader"),
        (HoldfastCommand.helpMessage(for: VersionCommand.self), "holdfast version -o json"),
        (HoldfastCommand.helpMessage(for: CompletionCommand.self), "source <(holdfast completion bash)"),
    ]) func helpHasExamplesAndFitsATerminal(text: String, words: String) {
        #expect(text.contains(words))
        #expect(text.split(separator: "\n").filter { displayWidth($0) > 100 } == [])
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func completionScripts(shell: String) async throws {
        let command = try #require(try HoldfastCommand.parseAsRoot(["completion", shell]) as? CompletionCommand)
        let session = Samples.session()
        #expect(await command.run(in: session) == .success)
        for word in ["provision", "completion", "dry-run"] {
            #expect(session.streams.output.contents.contains(word))
        }
    }

    @Test func versions() async throws {
        let command = try #require(try HoldfastCommand.parseAsRoot(["version"]) as? VersionCommand)
        let session = Samples.session()
        #expect(await command.run(in: session) == .success)
        let lines = session.streams.output.contents.split(separator: "\n")
        #expect(lines.first == "COMPONENT   VERSION")
        #expect(lines.contains { $0.contains("librados") && $0.contains(".") })
    }
}
