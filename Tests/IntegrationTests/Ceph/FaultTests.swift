import Foundation
import LabSupport
import Logging
import Testing
import Vocabulary

@testable import Ceph

/// What becomes of calls when daemons are silent. One cluster of the suite's own, whose daemons are frozen and killed;
/// timeouts of 3 s.
@Suite(.startsCeph, .serialized, .timeLimit(.minutes(5))) struct FaultTests {
    static let timeouts = CephTimeouts(mount: .seconds(3), monOp: .seconds(3), osdOp: .seconds(3))

    /// A call that times out in the library takes its 3 s, not much less, and not this module's own limit of 8 s.
    static let expected = Duration.milliseconds(2_500) ... .milliseconds(7_500)

    /// The rows follow each other on one cluster, each leaves it as it found it: starting a cluster takes longer than
    /// most of them.
    @Test func silentDaemons() async throws {
        var options = CephLab.Options()
        options.osdsPerHost = 1
        try await CephLab.with(options) { lab in
            try await monitorSilentAtConnect(lab)
            try await monitorSilentAfterConnect(lab)
            try await poolWithoutOSDs(lab)
            try await frozenOSDInAWrite(lab)
            try await cancelledInFlight(lab)
            try await closingWithAFrozenOSD(lab)
            try await abandonedCallsOnALane(lab)
            try await preconditions(lab)
            try await createsWithAFrozenOSD(lab)
        }
    }

    func configuration(_ lab: CephLab) -> ClusterConfiguration {
        ClusterConfiguration(confFile: lab.conf, timeouts: Self.timeouts)
    }

    func monitorSilentAtConnect(_ lab: CephLab) async throws {
        try await lab.fault(.freeze, "mon.a")
        let (error, time) = try await timed { try await withCluster(configuration(lab)) { _ in } }
        try await lab.fault(.revive, "mon.a")
        #expect(error?.code == .timedOut)
        #expect(error?.operation == "rados_connect")
        #expect(error?.outcome == .notApplied)
        #expect(Self.expected.contains(time), "\(time)")
    }

    func monitorSilentAfterConnect(_ lab: CephLab) async throws {
        try await withCluster(configuration(lab)) { cluster in
            let context = try await cluster.ioContext(pool: lab.pool)
            try await lab.fault(.freeze, "mon.a")
            let (error, time) = try await timed { try await cluster.monCommand(#"{"prefix": "fsid"}"#) }
            #expect(error?.code == .timedOut)
            #expect(error?.isRetriable == true)
            #expect(Self.expected.contains(time), "\(time)")
            // What needs no monitor goes on meanwhile.
            try await context.writeFull([1], to: "while-the-monitor-is-silent")
            try await context.createImage(name: "while-the-monitor-is-silent", size: .mib(4))
            try await lab.fault(.revive, "mon.a")
            // The same connection works again.
            try await eventually("the monitor answers") {
                try await cluster.monCommand(#"{"prefix": "fsid"}"#).output.isEmpty == false
            }
            try await context.removeImage(name: "while-the-monitor-is-silent")
        }
    }

    func poolWithoutOSDs(_ lab: CephLab) async throws {
        // A rule whose root holds no OSD: the pool's PGs have nowhere to be.
        try await lab.ceph(["osd", "crush", "add-bucket", "nowhere", "root"])
        try await lab.ceph(["osd", "crush", "rule", "create-replicated", "nowhere", "nowhere", "host"])
        try await lab.ceph(["osd", "pool", "create", "void", "8", "8", "replicated", "nowhere"])
        try await withCluster(configuration(lab)) { cluster in
            let context = try await cluster.ioContext(pool: "void")
            let (stat, statTime) = try await timed { try await context.stat("o") }
            #expect(stat?.code == .timedOut)
            #expect(stat?.outcome == .notApplied)
            #expect(Self.expected.contains(statTime), "\(statTime)")
            let (create, createTime) = try await timed { try await context.createImage(name: "img", size: .mib(4)) }
            #expect(create?.code == .timedOut)
            #expect(create?.outcome == .unknown)
            #expect(Self.expected.contains(createTime), "\(createTime)")
            let (open, _) = try await timed {
                try await context.withImage(.name("img")) { _ throws(CephError) in }
            }
            #expect(open?.code == .timedOut)
        }
        try await withCluster(ClusterConfiguration(confFile: lab.conf)) { try await $0.deletePool("void") }
    }

    func frozenOSDInAWrite(_ lab: CephLab) async throws {
        try await withCluster(configuration(lab)) { cluster in
            let context = try await cluster.ioContext(pool: lab.pool)
            try await context.createImage(name: "stalled", size: .mib(16))
            let (write, time) = try await timed {
                try await context.withImage(.name("stalled"), mode: .readWrite) { image throws(CephError) in
                    try await image.write(IOBuffer([1]), to: 0)
                    try await image.flush()
                    try await freeze(lab)
                    try await image.write(IOBuffer([2]), to: 4 << 20)
                    try await image.flush()
                }
            }
            #expect(write?.code == .timedOut)
            #expect(write?.outcome == .unknown)
            // The write's timeout, then the close's: 3 s each if the library keeps them, on a busy machine up to this
            // module's own limits of 8 s for a call and 16 s for a close.
            #expect((.milliseconds(2_500) ... .seconds(24)).contains(time), "\(time)")
            try await thaw(lab)
        }
    }

    func cancelledInFlight(_ lab: CephLab) async throws {
        // No timeout of the library's in reach: the cancellation alone ends the wait.
        let patient = ClusterConfiguration(
            confFile: lab.conf, timeouts: CephTimeouts(mount: .seconds(5), monOp: .seconds(60), osdOp: .seconds(60)))
        try await withCluster(patient) { cluster in
            let context = try await cluster.ioContext(pool: lab.pool)
            try await freeze(lab)
            let task = Task {
                await errorOf { () throws(CephError) in try await context.writeFull([1], to: "cancelled") }
            }
            let reading = Task { await errorOf { () throws(CephError) in _ = try await context.stat("cancelled") } }
            try await eventually("both calls are under way") { cluster.connection.table.count == 2 }
            let begun = ContinuousClock.now
            task.cancel()
            reading.cancel()
            let (write, read) = (await task.value, await reading.value)
            #expect(begun.duration(to: .now) < .seconds(2))
            #expect(write?.code == .cancelled)
            #expect(read?.code == .cancelled)
            #expect(read?.outcome == .notApplied)
            try await thaw(lab)
        }
    }

    func closingWithAFrozenOSD(_ lab: CephLab) async throws {
        let patient = ClusterConfiguration(
            confFile: lab.conf, timeouts: CephTimeouts(mount: .seconds(5), monOp: .seconds(60), osdOp: .seconds(60)))
        let cluster = try await Cluster.connect(patient, logger: Logger(label: "ceph tests"))
        let context = try await cluster.ioContext(pool: lab.pool)
        try await freeze(lab)
        let tasks = (0..<10).map { number in
            Task { await errorOf { () throws(CephError) in try await context.writeFull([1], to: "closing\(number)") } }
        }
        let begun = ContinuousClock.now
        await cluster.close(within: .milliseconds(500))
        #expect(begun.duration(to: .now) < .seconds(5))
        for task in tasks {
            let code = await task.value?.code
            #expect(code == .cancelled || code == .shutdown)
        }
        try await thaw(lab)
    }

    func abandonedCallsOnALane(_ lab: CephLab) async throws {
        let lanes = LaneSizes(image: .init(width: 2, depth: 2))
        try await withCluster(configuration(lab), lanes: lanes) { cluster in
            let context = try await cluster.ioContext(pool: lab.pool)
            try await freeze(lab)
            let errors = await withTaskGroup(of: CephError?.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        await errorOf { () throws(CephError) in
                            try await context.createImage(name: "full\(number)", size: .mib(4))
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            // Two run, two wait, the other four are refused at once, and whoever times out says so.
            #expect(errors.filter { $0?.code == .overloaded }.count == 4)
            #expect(errors.allSatisfy { $0 == nil || $0?.code == .overloaded || $0?.code == .timedOut })
            try await thaw(lab)
        }
    }

    func preconditions(_ lab: CephLab) async throws {
        try await withCluster(configuration(lab)) { cluster in
            let context = try await cluster.ioContext(pool: lab.pool)
            try await context.createImage(name: "twice", size: .mib(4))
            let (again, _) = try await timed { try await context.createImage(name: "twice", size: .mib(4)) }
            #expect(again?.errno == 17)
            #expect(again?.code == .exists)
            try await context.withImage(.name("twice"), mode: .readWrite) { image throws(CephError) in
                try await image.createSnapshot("s")
                let remove = await errorOf { () throws(CephError) in try await context.removeImage(name: "twice") }
                #expect(remove?.errno == 39)
                #expect(remove?.code == .notEmpty)
                try await image.removeSnapshot("s")
            }
            try await context.removeImage(name: "twice")
        }
    }

    /// The outcome of a create that timed out is unknown, and looking settles it: what is there can be removed by its
    /// name, and made again.
    func createsWithAFrozenOSD(_ lab: CephLab) async throws {
        try await withCluster(configuration(lab)) { cluster in
            let context = try await cluster.ioContext(pool: lab.pool)
            try await freeze(lab)
            let errors = await withTaskGroup(of: CephError?.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        await errorOf { () throws(CephError) in
                            try await context.createImage(name: "half\(number)", size: .mib(4))
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(errors.allSatisfy { $0 == nil || ($0?.code == .timedOut && $0?.outcome == .unknown) })
            #expect(errors.contains { $0 != nil })
            try await thaw(lab)
            for number in 0..<6 {
                let name = "half\(number)"
                let create = await errorOf { () throws(CephError) in
                    try await context.createImage(name: name, size: .mib(4))
                }
                #expect(create == nil || create?.code == .exists)
                let remove = await errorOf { () throws(CephError) in try await context.removeImage(name: name) }
                #expect(remove == nil)
                try await context.createImage(name: name, size: .mib(4))
                try await context.withImage(.name(name)) { image throws(CephError) in _ = try await image.size() }
            }
        }
    }

    /// Two of three OSDs say nothing: whatever is written waits for them, and with one left nobody marks them down
    /// before the timeouts.
    private func freeze(_ lab: CephLab) async throws(CephError) {
        do {
            try await lab.ceph(["osd", "set", "nodown"])
            try await lab.fault(.freeze, "osd.1", "osd.2")
        } catch {
            throw CephError(.other, errno: 5, operation: "freeze", status: "\(error)")
        }
    }

    private func thaw(_ lab: CephLab) async throws {
        try await lab.fault(.revive, "osd.1", "osd.2")
        try await lab.ceph(["osd", "unset", "nodown"])
        try await withCluster(ClusterConfiguration(confFile: lab.conf)) { cluster in
            let context = try await cluster.ioContext(pool: lab.pool)
            try await eventually("all OSDs take writes again") {
                for number in 0..<32 { try await context.writeFull([1], to: "probe\(number)") }
                return true
            }
        }
    }
}

/// How `body` failed, if it did, and how long it took.
private func timed<Value>(_ body: () async throws -> Value) async throws -> (CephError?, Duration) {
    let begun = ContinuousClock.now
    do {
        _ = try await body()
        return (nil, begun.duration(to: .now))
    } catch let error as CephError {
        return (error, begun.duration(to: .now))
    }
}

/// The error that `body` throws; nil if it throws none.
private func errorOf(_ body: () async throws(CephError) -> Void) async -> CephError? {
    do throws(CephError) {
        try await body()
        return nil
    } catch {
        return error
    }
}
