import KubernetesModel

/// The members below `kubernetes/`: a list a kind, named by its plural.
enum KubernetesMembers {
    static func encode(_ capture: KubernetesCapture) -> [Tar.Member] {
        var members: [Tar.Member] = []
        func add<Object: KubernetesObject>(_ objects: [Object]?) {
            guard let objects else { return }
            let list: JSONObject = ["items": .array(objects.map { .object($0.json) })]
            members.append(Tar.Member(name: path(Object.kind), bytes: list.encoded()))
        }
        add(capture.nodes)
        add(capture.namespaces)
        add(capture.pods)
        add(capture.deployments)
        add(capture.statefulSets)
        add(capture.daemonSets)
        add(capture.replicaSets)
        add(capture.podDisruptionBudgets)
        add(capture.persistentVolumes)
        add(capture.persistentVolumeClaims)
        add(capture.storageClasses)
        add(capture.volumeAttachments)
        add(capture.leases)
        add(capture.validatingWebhooks)
        add(capture.mutatingWebhooks)
        add(capture.services)
        add(capture.endpointSlices)
        add(capture.priorityClasses)
        add(capture.customResourceDefinitions)
        add(capture.configMaps)
        return members
    }

    /// The capture of these members; nil when the manifest says that Kubernetes was not asked.
    static func decode(_ contents: Contents) throws(StateFileError) -> KubernetesCapture? {
        guard let version = contents.manifest.kubernetesVersion else { return nil }
        func objects<Object: KubernetesObject>() throws(StateFileError) -> [Object]? {
            let path = path(Object.kind)
            guard let bytes = contents[path] else { return nil }
            do {
                return try ObjectList<Object>(json: JSONMember.object(bytes, path)).items
            } catch let error as ManifestError {
                throw StateFileError(.field(error.field, expected: error.expected), in: path)
            } catch let error as StateFileError {
                throw error
            } catch {
                throw StateFileError(.field("the member", expected: "a list (\(error))"), in: path)
            }
        }
        var capture = KubernetesCapture(serverVersion: version)
        capture.nodes = try objects()
        capture.namespaces = try objects()
        capture.pods = try objects()
        capture.deployments = try objects()
        capture.statefulSets = try objects()
        capture.daemonSets = try objects()
        capture.replicaSets = try objects()
        capture.podDisruptionBudgets = try objects()
        capture.persistentVolumes = try objects()
        capture.persistentVolumeClaims = try objects()
        capture.storageClasses = try objects()
        capture.volumeAttachments = try objects()
        capture.leases = try objects()
        capture.validatingWebhooks = try objects()
        capture.mutatingWebhooks = try objects()
        capture.services = try objects()
        capture.endpointSlices = try objects()
        capture.priorityClasses = try objects()
        capture.customResourceDefinitions = try objects()
        capture.configMaps = try objects()
        return capture
    }

    private static func path(_ kind: ResourceKind) -> String { "kubernetes/\(kind.plural).json" }
}
