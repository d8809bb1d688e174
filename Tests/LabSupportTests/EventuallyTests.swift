import LabSupport
import Testing
import Vocabulary

@Suite struct EventuallyTests {
    private struct NotYet: Error {}

    @Test func answersTheFirstValueThatIsWanted() async throws {
        var reads = 0
        let value = try await eventually("five reads", every: .milliseconds(1)) {
            reads += 1
            return reads
        } until: {
            $0 == 5
        }
        #expect(value == 5)
        #expect(reads == 5)
    }

    @Test func anErrorMeansNotYet() async throws {
        var reads = 0
        try await eventually("the third read succeeds", every: .milliseconds(1)) {
            reads += 1
            if reads < 3 { throw NotYet() }
            return true
        }
        #expect(reads == 3)
    }

    @Test func failsWithTheLastValueSeen() async throws {
        let failure = await #expect(throws: NeverHappened.self) {
            try await eventually("seven", deadline: .in(.milliseconds(20)), every: .milliseconds(1)) {
                6
            } until: {
                $0 == 7
            }
        }
        #expect(failure?.what == "seven")
        #expect(failure?.last == "6")
    }

    @Test func readsOnceEvenWhenTheDeadlineHasPassed() async throws {
        try await eventually("at once", deadline: .in(.zero)) { true }
    }

    @Test func aCancelledTaskStopsWaiting() async throws {
        let waiting = Task {
            try await eventually("never", deadline: .in(.seconds(60))) { false }
        }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}
