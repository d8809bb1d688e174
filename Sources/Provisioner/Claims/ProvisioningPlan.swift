public import KubernetesModel
public import Vocabulary
public import Volumes

/// How one claim is to become a volume: everything that follows from the claim, its class and the settings alone.
///
/// Nothing has been asked of Ceph or of the API when there is a plan; whatever is wrong with the claim or the class
/// has been refused by then, naming the field or the key.
public struct ProvisioningPlan: Sendable {
    /// The name of the PV and of the volume: `pvc-` and the claim's UID.
    public let volumeName: String
    /// The claim.
    public let claim: PersistentVolumeClaim
    /// The claim's class.
    public let storageClass: StorageClass
    /// The class's parameters.
    public let parameters: VolumeParameters
    /// The image's size: what the claim asks for, rounded as the class says.
    public let size: ByteCount
    /// The greatest size, if the claim sets one.
    public let sizeLimit: ByteCount?
    /// The access modes that the PV gets.
    public let accessModes: [String]
    /// The file system; nil for a block volume.
    public let fileSystem: String?
    /// The Secrets of the volume.
    public let secrets: PlannedSecrets

    /// Plans a claim.
    ///
    /// - Throws: ``ProvisionFailure`` with remedy ``ProvisionFailure/Remedy/change``.
    public init(
        claim: PersistentVolumeClaim, storageClass: StorageClass, settings: ProvisionerSettings
    ) throws(ProvisionFailure) {
        guard let volumeName = claim.provisionedVolumeName else {
            throw .infeasible("the claim has no metadata.uid, from which its volume's name is made")
        }
        try Self.refuseUnsupported(claim)
        self.volumeName = volumeName
        self.claim = claim
        self.storageClass = storageClass
        accessModes = try AccessModes.resolve(of: claim)
        let request = try Self.sizes(of: claim)
        do {
            parameters = try VolumeParameters(parsing: storageClass.parameters)
            size = try VolumeSize.resolve(
                request: request.least, limit: request.greatest, rounding: parameters.rounding,
                recipe: parameters.recipe)
        } catch {
            throw ProvisionFailure(error)
        }
        sizeLimit = request.greatest
        fileSystem = claim.volumeMode == "Block" ? nil : parameters.fileSystem ?? settings.defaultFileSystem
        secrets = try PlannedSecrets(parameters, in: SecretContext(volumeName: volumeName, claim: claim))
        if settings.source == .csi, secrets.volume[.nodeStage] == nil {
            throw .infeasible(
                "class \(storageClass.metadata.name) names no Secret for the nodes, without which none could mount the "
                    + "volume: set csi.storage.k8s.io/node-stage-secret-name and -namespace, or userSecretName")
        }
    }

    /// What to ask of the backend.
    public func creation(credentials: CephCredentials?) -> VolumeCreation {
        VolumeCreation(
            volumeName: volumeName, claimNamespace: claim.metadata.namespace ?? "", claimName: claim.metadata.name,
            size: size, sizeLimit: sizeLimit, parameters: parameters, credentials: credentials)
    }

    private static func refuseUnsupported(_ claim: PersistentVolumeClaim) throws(ProvisionFailure) {
        if claim.selector != nil {
            throw .infeasible("spec.selector looks for an existing PV; remove it to have a volume made")
        }
        if let source = claim.dataSource {
            throw .infeasible(
                "spec.dataSource: a volume cannot be filled from \(source.kind) \(source.name) by this release; "
                    + "remove it to get an empty volume")
        }
    }

    private static func sizes(
        of claim: PersistentVolumeClaim
    ) throws(ProvisionFailure) -> (least: ByteCount, greatest: ByteCount?) {
        let request: Quantity?
        let limit: Quantity?
        do {
            request = try claim.requestedStorage
            limit = try claim.storageLimit
        } catch {
            throw .infeasible("spec.resources: \(error)")
        }
        guard let size = request?.byteCount else {
            throw .infeasible("spec.resources.requests.storage is missing or negative: say how large a volume it takes")
        }
        return (size, limit?.byteCount)
    }
}

extension SecretContext {
    /// What the templates of a class may refer to while the claim is there.
    init(volumeName: String, claim: PersistentVolumeClaim) {
        self.init(
            volumeName: volumeName, claimNamespace: claim.metadata.namespace, claimName: claim.metadata.name,
            claimAnnotations: claim.metadata.annotations)
    }
}
