import KubernetesClient
import Testing

@Suite struct RequestBudgetTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    @Test func startsHighAndServesInTurn() {
        var budget = RequestBudget(limits: .init(initial: 400, ceiling: 1000), now: start)
        for _ in 0..<100 { #expect(budget.reserve(now: start) == .zero) }
        let first = budget.reserve(now: start)
        let second = budget.reserve(now: start)
        #expect(first > .zero && first < .milliseconds(5))
        #expect(second > first)
        #expect(budget.reserve(now: at(1)) == .zero)
    }

    @Test func aThrottleHalvesOnceAndHoldsAllRequests() {
        var budget = RequestBudget(limits: .init(initial: 400), now: start)
        budget.throttled(retryAfter: .seconds(3), now: at(10))
        for _ in 0..<20 { budget.throttled(retryAfter: .seconds(1), now: at(10.1)) }
        #expect(budget.rate == 200)
        #expect(budget.reserve(now: at(10.2)) >= .seconds(2.79))
        #expect(budget.reserve(now: at(13.1)) == .zero)
        budget.throttled(retryAfter: nil, now: at(14))
        #expect(budget.rate == 100)
    }

    @Test func aHostileRetryAfterIsCapped() {
        var budget = RequestBudget(now: start)
        budget.throttled(retryAfter: .seconds(1_000_000_000), now: at(1))
        #expect(budget.reserve(now: at(1)) <= .seconds(60))
    }

    @Test func neverFallsBelowTheFloorNorRisesAboveTheCeiling() {
        var budget = RequestBudget(limits: .init(initial: 400, floor: 20, ceiling: 500), now: start)
        for second in 0..<20 { budget.throttled(retryAfter: .zero, now: at(Double(second + 1))) }
        #expect(budget.rate == 20)
        for second in 20..<120 { budget.answered(after: .milliseconds(5), now: at(Double(second + 1))) }
        #expect(budget.rate == 500)
    }

    @Test func recoversBySteps() {
        var budget = RequestBudget(limits: .init(initial: 400), now: start)
        budget.throttled(retryAfter: .zero, now: at(1))
        let lowered = budget.rate
        budget.answered(after: .milliseconds(5), now: at(1.5))
        #expect(budget.rate == lowered, "not twice within a second")
        budget.answered(after: .milliseconds(5), now: at(2.1))
        #expect(budget.rate > lowered && budget.rate < 1.2 * lowered)
    }

    @Test func slowAnswersLowerTheRate() {
        var budget = RequestBudget(limits: .init(initial: 400, ceiling: 400), now: start)
        for second in 1..<20 { budget.answered(after: .milliseconds(10), now: at(Double(second))) }
        #expect(budget.rate == 400)
        for second in 20..<40 { budget.answered(after: .seconds(1), now: at(Double(second))) }
        #expect(budget.rate < 200)
        for second in 40..<140 { budget.answered(after: .milliseconds(10), now: at(Double(second))) }
        #expect(budget.rate == 400)
    }

    @Test func givenBackRequestsCost() {
        var budget = RequestBudget(limits: .init(initial: 1, ceiling: 1), now: start)
        #expect(budget.reserve(now: start) == .zero)
        #expect(budget.reserve(now: start) == .seconds(1))
        budget.giveBack()
        #expect(budget.reserve(now: start) == .seconds(1))
    }

    @Test func limitsAreBroughtIntoOrder() {
        let limits = RequestBudget.Limits(initial: 900, floor: 700, ceiling: 100)
        #expect(limits.ceiling == 100 && limits.floor == 100 && limits.initial == 100)
        #expect(RequestBudget.Limits(initial: -1, floor: -1, ceiling: -1).floor > 0)
    }
}
