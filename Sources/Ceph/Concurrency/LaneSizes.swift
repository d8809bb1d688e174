/// How many blocking calls into the libraries may run at once, and how many may wait, kind by kind, so that one sick
/// kind of call cannot starve another.
public struct LaneSizes: Hashable, Sendable {
    /// The size of one lane.
    public struct Lane: Hashable, Sendable {
        /// Threads at most, at least 1. They start as they are needed and end when they have been idle for some seconds.
        public var width: Int
        /// Calls that may wait for a thread. One more is refused at once with `.overloaded`.
        public var depth: Int

        /// A lane of `width` threads with `depth` waiting places; both are raised to 1 if they are less.
        public init(width: Int, depth: Int) {
            self.width = max(1, width)
            self.depth = max(1, depth)
        }
    }

    /// Connecting, mon, mgr and OSD commands, pools, locks, listings.
    public var control: Lane
    /// An image's life: create, clone, remove, resize, snapshots, metadata, trash. What they wait for is mostly Ceph: 64
    /// of them at once make half as many images again as 32 do.
    public var image: Lane
    /// What takes minutes: flatten, copy, usage of a whole image, removal from the trash.
    public var bulk: Lane

    /// Sizes for the three lanes.
    public init(
        control: Lane = Lane(width: 4, depth: 256),
        image: Lane = Lane(width: 64, depth: 2048),
        bulk: Lane = Lane(width: 8, depth: 128)
    ) {
        self.control = control
        self.image = image
        self.bulk = bulk
    }

    /// 4, 64 and 8 threads at most.
    public static let `default` = LaneSizes()
}
