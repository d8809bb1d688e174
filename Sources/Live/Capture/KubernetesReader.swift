public import ClusterState
public import KubernetesClient
import KubernetesModel
import Vocabulary

/// Reads a ``KubernetesCapture`` from a running cluster, and changes nothing there.
///
/// Objects are listed page by page and trimmed as they come (``KubernetesTrim``). Secrets are not read.
public struct KubernetesReader: Sendable {
    private let client: KubernetesClient
    private let limit: Duration
    private let progress: @Sendable (String) -> Void

    /// A reader.
    ///
    /// - Parameters:
    ///   - limit: how long the lists of one kind may take.
    ///   - progress: is told what is being read.
    public init(
        _ client: KubernetesClient, limit: Duration = .seconds(60),
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.client = client
        self.limit = limit
        self.progress = progress
    }

    /// The capture, and what could not be read.
    ///
    /// - Throws: ``CaptureFailure`` for any failure other than a refusal, a list without an answer in time, and a kind
    ///   that the server does not serve.
    public func read() async throws(CaptureFailure) -> (capture: KubernetesCapture, missing: [MissingPart]) {
        var missing: [MissingPart] = []
        let version: ServerVersion
        do {
            version = try await client.serverVersion(deadline: .in(limit))
        } catch {
            throw .kubernetes(.nodes, error)
        }
        progress("reading nodes, workloads, pods, volumes, Services and webhooks of Kubernetes")
        var capture = KubernetesCapture(serverVersion: version.full)
        capture.nodes = try await list(.nodes, &missing)
        capture.namespaces = try await list(.namespaces, &missing)
        capture.pods = try await list(.pods, &missing)
        capture.deployments = try await list(.deployments, &missing)
        capture.statefulSets = try await list(.statefulSets, &missing)
        capture.daemonSets = try await list(.daemonSets, &missing)
        capture.replicaSets = try await list(.replicaSets, &missing)
        capture.podDisruptionBudgets = try await list(.podDisruptionBudgets, &missing)
        capture.persistentVolumes = try await list(.persistentVolumes, &missing)
        capture.persistentVolumeClaims = try await list(.persistentVolumeClaims, &missing)
        capture.storageClasses = try await list(.storageClasses, &missing)
        capture.volumeAttachments = try await list(.volumeAttachments, &missing)
        capture.leases = try await list(.leases, &missing)
        capture.validatingWebhooks = try await list(.validatingWebhooks, &missing)
        capture.mutatingWebhooks = try await list(.mutatingWebhooks, &missing)
        capture.services = try await list(.services, &missing)
        capture.endpointSlices = try await list(.endpointSlices, &missing)
        capture.priorityClasses = try await list(.priorityClasses, &missing)
        let definitions: [CustomResourceDefinition]? = try await list(.customResourceDefinitions, &missing)
        capture.customResourceDefinitions = definitions?.filter(\.hasConversionWebhook)
        capture.configMaps = try await clientConfigMaps(&missing)
        return (capture, missing.sorted { $0.part < $1.part })
    }

    /// The few ConfigMaps that are read, by name, so that a rule with their names alone is enough.
    private func clientConfigMaps(_ missing: inout [MissingPart]) async throws(CaptureFailure) -> [ConfigMap]? {
        var found: [ConfigMap] = []
        for name in KubernetesCapture.clientConfigMaps {
            var refused: [MissingPart] = []
            let selection = Selection(fields: "metadata.name=\(name)")
            let maps: [ConfigMap]? = try await list(.configMaps, &refused, selection)
            if let first = refused.first {
                missing.append(first)
                return nil
            }
            found += maps ?? []
        }
        return found.sorted { $0.key < $1.key }
    }

    private func list<Object: KubernetesObject>(
        _ part: CapturePart, _ missing: inout [MissingPart], _ selection: Selection = .all
    ) async throws(CaptureFailure) -> [Object]? {
        let deadline = Deadline.in(limit)
        var objects: [Object] = []
        var token: String?
        do throws(KubernetesError) {
            repeat {
                let page = try await client.page(Object.self, selection, continueToken: token, deadline: deadline)
                objects += page.items.map(KubernetesTrim.trimmed)
                token = page.continueToken
            } while token != nil
        } catch {
            guard let reason = MissingPart(part, Object.kind, error) else { throw .kubernetes(part, error) }
            missing.append(reason)
            return nil
        }
        return objects.sorted { $0.key < $1.key }
    }
}

extension MissingPart {
    /// What an error of a list means for a capture; nil for an error that is a failure of the whole.
    fileprivate init?(_ part: CapturePart, _ kind: ResourceKind, _ error: KubernetesError) {
        let detail = error.status?.message ?? "\(error)"
        if error.isForbidden {
            let names = part == .configMaps ? KubernetesCapture.clientConfigMaps : []
            let only = names.isEmpty ? "" : ", resourceNames: [\(names.joined(separator: ", "))]"
            self.init(
                part: part, reason: .permission, detail: detail,
                remedy: "add to a ClusterRole of the account: {apiGroups: [\"\(kind.group)\"], resources: "
                    + "[\(kind.plural)]\(only), verbs: [list]}")
        } else if error.isNotFound {
            self.init(
                part: part, reason: .unsupported, detail: detail,
                remedy: "this release of Kubernetes does not serve \(kind.plural) in \(kind.apiVersion); upgrade it")
        } else if error.cause == .timedOut {
            self.init(part: part, reason: .timeout, detail: detail, remedy: "give a longer --timeout")
        } else {
            return nil
        }
    }
}
