/// How long a lease lasts and how it is kept. The defaults are client-go's.
public struct ElectionTiming: Hashable, Sendable {
    /// For how long after its last renewal others leave a lease alone.
    public var leaseDuration: Duration
    /// How long a leader tries to renew before it steps down; shorter than the lease, so that it has stepped down
    /// when another takes over.
    public var renewDeadline: Duration
    /// The wait between two tries.
    public var retryPeriod: Duration

    /// A timing. What contradicts itself is mended: the lease lasts at least a second and in whole seconds, the renew
    /// deadline ends before it, the retry period fits into the deadline.
    public init(
        leaseDuration: Duration = .seconds(15), renewDeadline: Duration = .seconds(10),
        retryPeriod: Duration = .seconds(2)
    ) {
        self.leaseDuration = .seconds(max(1, leaseDuration.components.seconds))
        self.renewDeadline = min(renewDeadline, self.leaseDuration * 3 / 4)
        self.retryPeriod = min(retryPeriod, self.renewDeadline / 2)
    }
}
