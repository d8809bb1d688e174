import CRUSH
import StateFixtures
import Testing
import Vocabulary

@testable import ClusterState

/// When the parts of a capture show one state of a cluster, and when it is to be read again.
@Suite struct CaptureConsistencyTests {
    /// A cluster whose PGs reported at epoch 50, and whose OSDs came up before that.
    private static func cluster() throws -> CephCapture {
        var capture = try #require(SyntheticCluster().capture().ceph)
        capture.osdMap.epoch = 60
        for index in capture.osdMap.osds.indices { capture.osdMap.osds[index].upFrom = 20 }
        var rows = try #require(capture.pgs).rows
        for index in rows.indices { rows[index].reportedEpoch = 50 }
        capture.pgs = PGTable(rows)
        return capture
    }

    /// Something that happened between the first part and the last, and what it makes of the capture.
    struct Change: Sendable, CustomStringConvertible {
        var description: String
        var isSettled: Bool
        var stalePGs = 0
        var change: @Sendable (_ after: inout OSDMap, _ before: inout OSDMap, _ rows: inout [PGRow]) -> Void
    }

    static let changes = [
        Change(description: "nothing", isSettled: true) { _, _, _ in },
        Change(description: "an epoch in which nothing moved", isSettled: true) { after, _, _ in after.epoch += 1 },
        Change(description: "an operator set a flag", isSettled: true) { after, _, _ in
            after.epoch += 1
            after.flags.insert(.noScrub)
        },
        Change(description: "an OSD went down", isSettled: false) { after, _, _ in
            after.states.states[3].remove(.up)
        },
        Change(description: "an OSD was reweighted", isSettled: false) { after, _, _ in
            after.states.weights[3] = .zero
        },
        Change(description: "an upmap was made", isSettled: false) { after, _, _ in
            after.upmapItems[PGID(pool: PoolID(1), seed: 0)] = [.init(from: ItemID(0), to: ItemID(1))]
        },
        Change(description: "a pool got another rule", isSettled: false) { after, _, _ in
            after.pools[PoolID(1)]?.crushRule += 1
        },
        Change(description: "a pool was made", isSettled: false) { after, _, _ in
            after.pools[PoolID(9)] = after.pools[PoolID(1)]
        },
        Change(description: "a pool got a quota", isSettled: true) { after, _, _ in
            after.pools[PoolID(1)]?.quotaMaxBytes = 1 << 30
        },
        Change(description: "a PG has not reported since an OSD of its up set came", isSettled: false, stalePGs: 1) {
            after, before, rows in
            before.osds[Int(rows[5].up[0])].upFrom = 51
            after.osds[Int(rows[5].up[0])].upFrom = 51
            for index in rows.indices where index != 5 { rows[index].reportedEpoch = 51 }
        },
        Change(description: "a PG still names an OSD that is down", isSettled: false, stalePGs: 1) {
            after, before, rows in
            let lost = rows[5].up[0]
            for index in rows.indices where index != 5 { rows[index].up.removeAll { $0 == lost } }
            before.states.states[Int(lost)].remove(.up)
            after.states.states[Int(lost)].remove(.up)
        },
        Change(description: "a PG belongs to no pool", isSettled: false, stalePGs: 1) { _, _, rows in
            rows[5].id = PGID(pool: PoolID(7), seed: 0)
        },
        Change(description: "a PG that is stale says nothing of the moment", isSettled: true) { _, _, rows in
            rows[5].state = [.stale, .active, .clean]
            rows[5].reportedEpoch = 1
            rows[5].up = [77]
        },
        Change(description: "a PG that is unknown says nothing either", isSettled: true) { _, _, rows in
            rows[5].state = []
            rows[5].reportedEpoch = 0
            rows[5].up = []
        },
    ]

    @Test(arguments: changes) func whatHappenedIsSeen(_ change: Change) throws {
        let capture = try Self.cluster()
        var (before, after) = (capture.osdMap, capture.osdMap)
        var rows = try #require(capture.pgs).rows
        change.change(&after, &before, &rows)
        let found = CaptureConsistency(before: before, after: after, pgs: PGTable(rows))
        #expect(found.isSettled == change.isSettled)
        #expect(found.stalePGs == change.stalePGs)
        #expect(found.epochBefore == 60 && found.epochAfter == after.epoch)
        #expect(found.oldestReport >= 50)
    }

    @Test func withoutPGsTheMapAloneDecides() throws {
        let map = try Self.cluster().osdMap
        let found = CaptureConsistency(before: map, after: map, pgs: nil)
        #expect(found.isSettled && found.oldestReport == 0)
    }
}

extension PGTable {
    fileprivate var rows: [PGRow] { (0..<count).map { self[$0] } }
}
