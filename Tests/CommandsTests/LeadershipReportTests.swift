import Console
import KubernetesModel
import Testing

@testable import Commands

@Suite struct LeadershipReportTests {
    private static let renewed = Timestamp("2026-05-01T10:00:00.000000Z") ?? Timestamp(microseconds: 0)

    private static func lease(_ holder: String?, clients: String? = nil) -> Lease {
        var lease = Lease(name: "rbd.holdfast.io", namespace: "holdfast")
        lease.holder = holder
        lease.durationSeconds = 15
        lease.acquireTime = Timestamp("2026-05-01T09:00:00.000000Z")
        lease.renewTime = renewed
        lease.transitions = 2
        lease.metadata[annotation: "holdfast.io/ceph-clients"] = clients
        return lease
    }

    @Test(arguments: [
        ("pod-1", 3, "leading"), ("pod-1", 15, "leading"), ("pod-1", 16, "expired"), (nil, 3, "released"),
        // Two clocks never agree to the second.
        ("pod-1", -2, "leading"),
    ]) func whoLeads(holder: String?, seconds: Int64, state: String) {
        let report = LeadershipReport(
            of: Self.lease(holder), now: Self.renewed.advanced(by: .seconds(seconds)))
        #expect(report.state.rawValue == state)
    }

    @Test func theTableAndTheJSONSayTheSame() throws {
        let clients = #"[{"fsid": "east", "address": "10.0.0.7:0/1"}]"#
        let report = LeadershipReport(
            of: Self.lease("pod-1", clients: clients), now: Self.renewed.advanced(by: .seconds(3)))
        #expect(
            report.table.rendered() == """
                LEASE                      LEADER   SINCE                  RENEWED   TERMS   CEPH CLIENTS   STATE
                holdfast/rbd.holdfast.io   pod-1    2026-05-01T09:00:00Z   3s ago    3       1              leading

                """)
        let json = try JSONText.compact(report)
        for part in [
            #""kind":"Leadership""#, #""leader":"pod-1""#, #""since":"2026-05-01T09:00:00Z""#, #""state":"leading""#,
            #""terms":3"#, #""address":"10.0.0.7:0\/1""#,
        ] {
            #expect(json.contains(part) || json.contains(part.replacing(#"\/"#, with: "/")), "\(part) in \(json)")
        }
    }

    @Test func anAnnotationThatCannotBeReadIsToldBesideWhoLeads() {
        let report = LeadershipReport(
            of: Self.lease("pod-1", clients: "nonsense"), now: Self.renewed.advanced(by: .seconds(3)))
        #expect(report.state == .leading && report.cephClients == nil)
        #expect(report.problem?.contains("holdfast.io/ceph-clients") == true)
    }
}
