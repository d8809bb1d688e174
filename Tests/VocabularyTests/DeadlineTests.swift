import Testing
import Vocabulary

@Suite("Deadline")
struct DeadlineTests {
    @Test("what is left is never negative")
    func remaining() {
        let past = Deadline(ContinuousClock.now.advanced(by: .seconds(-5)))
        #expect(past.hasPassed)
        #expect(past.remaining == .zero)

        let future = Deadline.in(.seconds(3600))
        #expect(!future.hasPassed)
        #expect(future.remaining > .seconds(3590) && future.remaining <= .seconds(3600))
        #expect(past < future)
    }
}
