import LabSupport
import Testing
import Vocabulary

@Suite struct CommandTests {
    @Test func answersWhatTheProgramPrints() async throws {
        let output = try await Command(
            ["sh", "-c", "cat; printf '%s' \"$GREETING\""], environment: ["GREETING": "you"], input: "hello "
        ).run()
        #expect(output == "hello you")
    }

    @Test func removesVariables() async throws {
        let output = try await Command(["sh", "-c", "printf '%s' \"${HOME-unset}\""], environment: ["HOME": nil]).run()
        #expect(output == "unset")
    }

    @Test(arguments: [
        (["sh", "-c", "echo reason >&2; exit 3"], "exit status 3", "reason\n"),
        (["sh", "-c", "kill -9 $$"], "exit status 137", ""),
    ])
    func failsWithTheProgramsOwnWords(words: [String], problem: String, detail: String) async throws {
        let failure = await #expect(throws: CommandFailure.self) { try await Command(words).run() }
        #expect(failure?.problem == problem)
        #expect(failure?.detail == detail)
    }

    @Test func aProgramThatDoesNotExistFails() async throws {
        let failure = await #expect(throws: CommandFailure.self) { try await Command(["no-such-program-here"]).run() }
        #expect(failure?.problem == "exit status 127")
        #expect(failure?.detail.contains("no-such-program-here") == true)
    }

    @Test func aProgramIsKilledAtItsDeadline() async throws {
        let start = ContinuousClock.now
        let failure = await #expect(throws: CommandFailure.self) {
            try await Command(["sleep", "60"]).run(deadline: .in(.milliseconds(200)))
        }
        #expect(failure?.problem == "did not end in time and was killed")
        #expect(start.duration(to: .now) < .seconds(20))
    }

    @Test func cancellingTheTaskKillsTheProgram() async throws {
        let start = ContinuousClock.now
        let running = Task { try await Command(["sleep", "60"]).run() }
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
        #expect(start.duration(to: .now) < .seconds(20))
    }
}
