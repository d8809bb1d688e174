import Foundation
import KubernetesModel
import LabSupport
import Testing
import Vocabulary

/// The ClusterRole of `deploy/examples/audit-rbac.yaml` is enough for `holdfast state --kube`, and each line of it is
/// needed, as a real API server decides it.
@Suite(.startsCeph, .needsKubernetes, .timeLimit(.minutes(8))) struct StateRightsTests {
    /// Kinds that came with Kubernetes 1.21; an older server does not serve them, whatever an account may do.
    private static let newer = ["kubernetes/poddisruptionbudgets", "kubernetes/endpointslices"]

    @Test func theRoleIsEnoughAndEachOfItsResourcesIsNeeded() async throws {
        let kube = try await KubeLab.shared()
        try await StateDesk.with { desk in
            try await withAccount(of: kube, on: desk) { name, kubeconfig in
                let options = ["--kube", "--kubeconfig", kubeconfig]
                let all = try await settled("nothing is refused", options, on: desk) { $0.isEmpty }
                #expect(all["kubernetes", "version"]?.stringValue?.hasPrefix("v1.") == true)
                #expect(all["kubernetes", "pods"] != nil && all["kubernetes", "claims"] != nil)
                let unsupported = MissingReport.all(in: all)
                #expect(unsupported.allSatisfy { $0.reason == "unsupported" && Self.newer.contains($0.part) })

                let text = try await kube.kubectl(["get", "clusterrole", name, "-o", "json"])
                let role = try JSONObject(json: text)
                for (index, rule) in (role["rules"]?.arrayValue ?? []).enumerated() {
                    for resource in rule["resources"]?.stringsValue ?? [] {
                        try await replace(role, without: resource, inRule: index, on: kube)
                        let refused = try await settled("\(resource) is refused", options, on: desk) { !$0.isEmpty }
                        let reports = Self.refusals(in: refused)
                        #expect(reports.map(\.part) == ["kubernetes/\(resource)"])
                        let group = rule["apiGroups"]?[0]?.stringValue ?? ""
                        let names = rule["resourceNames"]?.stringsValue ?? []
                        let only = names.isEmpty ? "" : ", resourceNames: [\(names.joined(separator: ", "))]"
                        let words = "{apiGroups: [\"\(group)\"], resources: [\(resource)]\(only), verbs: [list]}"
                        #expect(reports.first?.remedy == "add to a ClusterRole of the account: \(words)")
                    }
                }
            }
        }
    }

    /// Takes one resource out of one rule of the role, and puts back all others.
    private func replace(
        _ role: JSONObject, without resource: String, inRule index: Int, on kube: KubeLab
    ) async throws {
        var rules = role["rules"]?.arrayValue ?? []
        guard var rule = rules[index].objectValue else { return }
        let left = (rule["resources"]?.stringsValue ?? []).filter { $0 != resource }
        rule["resources"] = .array(left.map(JSONValue.string))
        if left.isEmpty { rules.remove(at: index) } else { rules[index] = .object(rule) }
        var changed = role
        changed["rules"] = .array(rules)
        changed["metadata", "resourceVersion"] = nil
        try await kube.kubectl(["replace", "-f", "-"], input: changed.description)
    }

    /// Asks until the API server knows the role as it is now, and what is refused is what is expected.
    private func settled(
        _ what: String, _ options: [String], on desk: StateDesk, _ isExpected: ([MissingReport]) -> Bool
    ) async throws -> JSONObject {
        try await eventually(what, deadline: .in(.seconds(60)), every: .milliseconds(200)) {
            try await desk.summary(options)
        } until: {
            isExpected(Self.refusals(in: $0))
        }
    }

    private static func refusals(in summary: JSONObject) -> [MissingReport] {
        MissingReport.all(in: summary).filter { $0.reason == "permission" }
    }

    /// Applies the manifest as it is shipped, but for its names, and gives `body` the role's name and a kubeconfig of
    /// the account.
    private func withAccount(
        of kube: KubeLab, on desk: StateDesk, _ body: (_ name: String, _ kubeconfig: String) async throws -> Void
    ) async throws {
        let name = "audit-\(UInt32.random(in: 0 ... .max))"
        let shipped = try String(contentsOfFile: Checkout.path("deploy/examples/audit-rbac.yaml"), encoding: .utf8)
        let manifest = shipped.replacing("name: holdfast-audit", with: "name: \(name)")
            .replacing("namespace: holdfast", with: "namespace: \(name)")
        try await kube.kubectl(["create", "namespace", name])
        do {
            try await kube.kubectl(["apply", "-f", "-"], input: manifest)
            try desk.write("kubeconfig", try await kube.kubeconfig(of: "\(name)/\(name)").reveal())
            try await body(name, desk.path("kubeconfig"))
        } catch {
            try await remove(manifest, name, kube)
            throw error
        }
        try await remove(manifest, name, kube)
    }

    private func remove(_ manifest: String, _ name: String, _ kube: KubeLab) async throws {
        try await kube.kubectl(["delete", "-f", "-", "--ignore-not-found"], input: manifest)
        try await kube.kubectl(["delete", "namespace", name], deadline: .in(.seconds(60)))
    }
}
