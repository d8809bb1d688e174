import ClusterState
import Resilience
import Testing

@testable import Audit

/// A check, a cluster that it finds something in, and one that is nearly the same and in which it finds nothing.
struct CephCase: Sendable, CustomTestStringConvertible {
    let check: String
    let name: String
    let trigger: @Sendable () -> ClusterCapture
    let nearMiss: @Sendable () -> ClusterCapture

    init(
        _ check: String, _ name: String, trigger: @escaping @Sendable () -> ClusterCapture,
        nearMiss: @escaping @Sendable () -> ClusterCapture
    ) {
        self.check = check
        self.name = name
        self.trigger = trigger
        self.nearMiss = nearMiss
    }

    var testDescription: String { "\(check) \(name)" }

    /// What a check finds, which must have all that it cannot do without.
    static func found(_ id: String, in capture: ClusterCapture) async throws -> [Finding] {
        let context = await AuditContext(of: capture, workers: 1)
        let check = try #require(Catalogue.check(id), "\(id) is not in the catalogue")
        for input in check.inputs { #expect(context.has(input), "\(id): the capture has no \(input)") }
        return check.find(context)
    }

    /// Expects a complete finding in one, and none in the other.
    func verify() async throws {
        let found = try await Self.found(check, in: trigger())
        #expect(!found.isEmpty, "\(testDescription) is not seen")
        for finding in found {
            #expect(finding.check == check)
            #expect(!finding.message.isEmpty && !finding.evidence.isEmpty, "\(finding)")
            #expect(finding.remedy.contains { !$0.hasPrefix("#") } || check == "D05", "\(finding.remedy)")
            let text = ([finding.message] + finding.remedy).joined(separator: "\n")
            #expect(!text.contains("Optional(") && !text.contains("nil"), "\(text)")
        }
        #expect(Set(found.map(\.key)).count == found.count, "two findings have one key")
        let mistaken = try await Self.found(check, in: nearMiss())
        #expect(mistaken.isEmpty, "\(testDescription): \(mistaken.map(\.message))")
    }
}
