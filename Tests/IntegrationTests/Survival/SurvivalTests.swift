import Foundation
import LabSupport
import Testing
import Vocabulary

/// What a volume is for: everything that was acknowledged is there, whichever host is lost.
///
/// A volume of `holdfast provision` is attached to this machine as a block device and written without pause, while one
/// host after the other is lost and comes back, and at last the node itself.
@Suite(.startsCeph, .attachesVolumes, .serialized, .timeLimit(.minutes(10))) struct SurvivalTests {
    /// How many writes have to come while a host is down, before it may come back.
    private static let writesWithoutHost = 300
    private static let hosts = ["host-0", "host-1", "host-2"]
    private static let patience = Duration.seconds(120)
    /// What no user of the volume has to wait longer than, whichever host is lost.
    private static let longestStall = Duration.seconds(30)

    @Test func noAcknowledgedWriteIsLostWithAHostOrTheNode() async throws {
        try await CephLab.with(CephLab.durable) { ceph in
            try await Node.with(ceph) { node in
                let volume = try await Volume.provision("2Gi", on: ceph, in: node.folder)
                let before = try await writeWhileHostsAreLost(volume, on: ceph, node)
                let after = try await writeUntilTheNodeIsLost(volume, node, after: before)
                try await checkWithANewClient(volume, node, [before, after])
                try await checkACopy(of: volume, node, [before, after])
            }
        }
    }

    /// What was written, and what was acknowledged of it.
    private struct Run {
        let tracks: [Track]
        let ledger: Ledger

        func verdict(_ folder: URL) throws -> Verdict {
            try Verdict(tracks, in: folder, against: ledger.entries())
        }
    }

    // MARK: Hosts

    private func writeWhileHostsAreLost(_ volume: Volume, on ceph: CephLab, _ node: Node) async throws -> Run {
        let run = Run(tracks: Track.all(from: 1), ledger: try Ledger(node.folder.appending(path: "hosts.ledger")))
        let disk = try await node.attach(volume)
        try await node.format(disk)
        let place = try await node.mount(disk)
        let writers = Writers(run.tracks, in: place, ledger: run.ledger)
        try await writers.moreWrites(Self.writesWithoutHost, "with all hosts", deadline: .in(Self.patience))
        var phases = [Phase(name: "all hosts up", begin: .zero, end: run.ledger.now)]
        for host in Self.hosts { phases += try await lose(host, of: ceph, writers, run.ledger) }
        try await writers.stop()
        try #require(writers.failures.isEmpty, "\(writers.failures)")
        phases.append(Phase(name: "in all", begin: .zero, end: run.ledger.now))

        let entries = try run.ledger.entries()
        for phase in phases { print("survival: \(phase.line(entries))") }
        #expect(phases.allSatisfy { $0.longestStall(in: entries) < Self.longestStall })
        try await node.unmount()
        try await node.detach(disk)
        return run
    }

    /// Kills a host's OSDs, has the writers go on without them for a while, and brings them back.
    private func lose(
        _ host: String, of ceph: CephLab, _ writers: Writers, _ ledger: Ledger
    ) async throws -> [Phase] {
        let killed = ledger.now
        try await ceph.fault(.kill, host)
        try await eventually("the monitors say that \(host) is down") { try await ceph.upOSDs() == 4 }
        try await writers.moreWrites(Self.writesWithoutHost, "without \(host)", deadline: .in(Self.patience))
        // Otherwise what follows could be told by a mgr that has not noticed anything yet.
        try await eventually("the mgr has seen PGs without their third replica") {
            try await !ceph.placementGroupStates().contains("active+clean")
        }
        let revived = ledger.now
        try await ceph.fault(.revive, host)
        try await eventually("\(host) is up") { try await ceph.upOSDs() == 6 }
        try await eventually("all PGs are clean again", deadline: .in(Self.patience)) {
            try await ceph.placementGroupStates()
        } until: {
            $0 == ["active+clean"]
        }
        try #require(writers.failures.isEmpty, "\(writers.failures)")
        return [
            Phase(name: "\(host) killed and gone", begin: killed, end: revived),
            Phase(name: "\(host) back, until clean", begin: revived, end: ledger.now),
        ]
    }

    // MARK: The node

    /// Checks what the first run has left, writes more, and kills what attaches the volume in the middle of that.
    private func writeUntilTheNodeIsLost(_ volume: Volume, _ node: Node, after before: Run) async throws -> Run {
        let run = Run(tracks: Track.all(from: 11), ledger: try Ledger(node.folder.appending(path: "node.ledger")))
        let disk = try await node.attach(volume)
        try await node.check(disk)
        let place = try await node.mount(disk)
        try report(before.verdict(place), of: before, "mounted again")
        let writers = Writers(run.tracks, in: place, ledger: run.ledger)
        try await writers.moreWrites(Self.writesWithoutHost, "before the node is lost", deadline: .in(Self.patience))
        try await node.lose(disk)
        try await writers.ended()
        #expect(writers.failures.count == run.tracks.count, "every writer has got an error")
        try await node.release()
        return run
    }

    private func checkWithANewClient(_ volume: Volume, _ node: Node, _ runs: [Run]) async throws {
        let disk = try await node.attach(volume)
        let place = try await node.mount(disk)
        for run in runs { try report(run.verdict(place), of: run, "on another node") }
        try await node.unmount()
        try await node.check(disk)
        try await node.detach(disk)
    }

    // MARK: A copy

    /// Checks a copy that `rbd export` has made, then damages it: the check has to see that, too.
    private func checkACopy(of volume: Volume, _ node: Node, _ runs: [Run]) async throws {
        let disk = try await node.attachCopy(of: volume)
        try await node.check(disk)
        let place = try await node.mount(disk)
        for run in runs { try report(run.verdict(place), of: run, "in an exported copy") }

        let run = runs[0]
        let entry = try #require(run.ledger.entries().last { $0.track == run.tracks[0].number })
        let handle = try FileHandle(forUpdating: place.appending(path: run.tracks[0].file))
        try handle.seek(toOffset: UInt64(entry.offset + entry.length / 2))
        try handle.write(contentsOf: Data([0x5A, 0xA5, 0x5A, 0xA5]))
        try handle.close()
        try #expect(run.verdict(place).damages.map(\.entry) == [entry], "damage to the copy is seen")
        try await node.unmount()
        try await node.detach(disk)
    }

    private func report(_ verdict: Verdict, of run: Run, _ place: String) throws {
        print(
            "survival: \(place): \(verdict.intact + verdict.replaced + verdict.damages.count) acknowledged writes,",
            "\(verdict.intact) intact, \(verdict.replaced) replaced by later ones, \(verdict.damages.count) damaged")
        #expect(verdict.damages == [])
        #expect(verdict.intact + verdict.replaced == run.ledger.count)
    }
}
