/// How fast this client may ask, found out rather than configured.
///
/// It starts high, since API priority and fairness is the real limiter. A 429 halves the rate and holds all requests
/// for as long as the server says; answers that get much slower than usual lower it by a fifth; every quiet second
/// raises it by a tenth, up to the ceiling. A value without a clock: the caller says what time it is.
public struct RequestBudget: Sendable {
    /// The bounds of the rate, in requests per second.
    public struct Limits: Hashable, Sendable {
        /// The rate to start with.
        public var initial: Double
        /// The rate never to go below.
        public var floor: Double
        /// The rate never to go above.
        public var ceiling: Double

        /// Bounds; each is brought above 0, and floor and start below the ceiling.
        public init(initial: Double = 400, floor: Double = 5, ceiling: Double = 1000) {
            self.ceiling = max(1, ceiling)
            self.floor = min(max(0.1, floor), self.ceiling)
            self.initial = min(max(self.floor, initial), self.ceiling)
        }
    }

    /// A moment of the caller's clock.
    public typealias Instant = ContinuousClock.Instant

    /// The current rate, in requests per second.
    public private(set) var rate: Double
    private let limits: Limits
    /// Requests that may go at once; below zero, they have been promised to those who wait.
    private var tokens: Double
    private var refilledAt: Instant
    private var heldUntil: Instant
    private var adjustedAt: Instant
    private var throttledAt: Instant?
    private var latency = LatencyTrend()

    /// A full budget.
    public init(limits: Limits = Limits(), now: Instant) {
        self.limits = limits
        rate = limits.initial
        tokens = Self.burst(at: limits.initial)
        refilledAt = now
        heldUntil = now
        adjustedAt = now
    }

    /// A quarter of a second's worth may go at once.
    private static func burst(at rate: Double) -> Double { max(1, rate / 4) }

    /// Takes one request from the budget; gives how long it has to wait. Requests are served in the order in which
    /// they ask.
    public mutating func reserve(now: Instant) -> Duration {
        refill(now: now)
        tokens -= 1
        let turn = tokens >= 0 ? Duration.zero : .seconds(-tokens / rate)
        return max(turn, now.duration(to: heldUntil))
    }

    /// Gives back a request that was never sent.
    public mutating func giveBack() {
        tokens += 1
    }

    /// Learns from an answer that came after `elapsed`.
    public mutating func answered(after elapsed: Duration, now: Instant) {
        refill(now: now)
        let isSlow = latency.add(elapsed / .seconds(1))
        guard adjustedAt.duration(to: now) >= .seconds(1) else { return }
        adjustedAt = now
        setRate(isSlow ? rate * 0.8 : rate * 1.1)
    }

    /// Learns that the server asks for fewer requests (429), and for how long to be quiet.
    public mutating func throttled(retryAfter: Duration?, now: Instant) {
        refill(now: now)
        heldUntil = max(heldUntil, now.advanced(by: min(retryAfter ?? .seconds(1), .seconds(60))))
        // One overload throttles many requests in flight: it counts once.
        if let throttledAt, throttledAt.duration(to: now) < .milliseconds(500) { return }
        throttledAt = now
        adjustedAt = now
        setRate(rate / 2)
    }

    private mutating func setRate(_ wanted: Double) {
        rate = min(limits.ceiling, max(limits.floor, wanted))
        tokens = min(tokens, Self.burst(at: rate))
    }

    private mutating func refill(now: Instant) {
        guard now > refilledAt else { return }
        let seconds = refilledAt.duration(to: now) / .seconds(1)
        tokens = min(Self.burst(at: rate), tokens + seconds * rate)
        refilledAt = now
    }
}

/// Tells answers that have become much slower than this server's usual ones.
struct LatencyTrend: Sendable {
    /// The recent mean and the usual one, in seconds; the usual one follows slowly upwards and quickly downwards.
    private var recent: Double?
    private var usual: Double?

    /// Adds an answer; true when the recent mean is more than four times the usual and above 200 ms.
    mutating func add(_ seconds: Double) -> Bool {
        let recent = self.recent.map { $0 + 0.1 * (seconds - $0) } ?? seconds
        let usual = self.usual.map { $0 + (recent < $0 ? 0.1 : 0.001) * (recent - $0) } ?? seconds
        self.recent = recent
        self.usual = usual
        return recent > 0.2 && recent > 4 * usual
    }
}
