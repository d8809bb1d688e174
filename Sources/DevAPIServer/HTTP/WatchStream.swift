import Hummingbird
import KubernetesModel
import NIOCore
import ServiceLifecycle

/// Writes a watch's events as they come.
struct WatchStream: Sendable {
    /// The connection is to be closed in the middle of the body.
    struct Cut: Error {}

    let plan: WatchPlan
    let cluster: DevCluster
    /// How often a bookmark tells that there is nothing new.
    let bookmarkInterval: Duration
    /// A fault: cut after this many events.
    let cutAfter: Int?
    /// How an event is written.
    let encode: @Sendable (WatchEvent) -> [UInt8]

    /// Writes until the watch's time is over, the client has gone, the server shuts down or the history is lost.
    /// - Throws: ``Cut`` for a fault; `CancellationError` when the client has gone.
    func write(to writer: inout any ResponseBodyWriter) async throws {
        let (id, wakes, wake) = cluster.subscribe()
        defer { cluster.unsubscribe(id) }
        let end = ContinuousClock.now.advanced(by: plan.timeout)
        let ticker = Task { [bookmarkInterval] in
            while ContinuousClock.now < end {
                try await Task.sleep(until: min(end, .now.advanced(by: bookmarkInterval)))
                wake.yield()
            }
        }
        defer { ticker.cancel() }
        wake.yield()
        try await withGracefulShutdownHandler {
            try await follow(wakes, until: end, &writer)
        } onGracefulShutdown: {
            wake.finish()
        }
        try await writer.finish(nil)
    }

    private func follow(
        _ wakes: AsyncStream<Void>, until end: ContinuousClock.Instant, _ writer: inout any ResponseBodyWriter
    ) async throws {
        var cursor = WatchCursor(plan)
        var told = 0
        let cutsBefore = cluster.watchCuts
        var nextBookmark = ContinuousClock.now.advanced(by: bookmarkInterval)
        for await _ in wakes {
            let look: (events: [WatchEvent], cuts: Int)
            do throws(APIFailure) {
                look = try cluster.look(&cursor)
            } catch {
                return try await writer.write(
                    ByteBuffer(bytes: encode(WatchEvent(type: "ERROR", object: error.status.json))))
            }
            for event in look.events {
                if told == cutAfter { throw Cut() }
                try await writer.write(ByteBuffer(bytes: encode(event)))
                told += 1
            }
            if look.cuts > cutsBefore || told == cutAfter { throw Cut() }
            let now = ContinuousClock.now
            let isOver = now >= end
            if plan.wantsBookmarks, isOver || now >= nextBookmark, let bookmark = cursor.bookmark() {
                try await writer.write(ByteBuffer(bytes: encode(bookmark)))
                nextBookmark = now.advanced(by: bookmarkInterval)
            }
            if isOver { return }
        }
        try Task.checkCancellation()
    }
}
