public import KubernetesModel
import Volumes

/// The Secrets of one volume, found from its class's parameters.
public struct PlannedSecrets: Hashable, Sendable {
    /// The one to make and delete the image with; nil for the provisioner's own credentials.
    public var provisioner: KubernetesModel.SecretReference?
    /// The cephx user of that Secret where the class names the user, as classes of the old family do.
    public var provisionerUser: String?
    /// The ones that the PV refers to.
    public var volume: [CSISource.SecretUse: KubernetesModel.SecretReference]

    /// The Secrets that `parameters` name for one volume.
    ///
    /// Growing must stay possible for ever, and a PV's source cannot be changed: where a class names no Secret for
    /// growing, the one for provisioning stands in.
    ///
    /// - Throws: ``ProvisionFailure`` naming the parameter whose template has no legal result.
    init(_ parameters: VolumeParameters, in context: SecretContext) throws(ProvisionFailure) {
        volume = [:]
        switch parameters.cluster {
        case .id:
            provisioner = try Self.reference(.provisioner, parameters.secrets, context)
            volume[.controllerPublish] = try Self.reference(.controllerPublish, parameters.secrets, context)
            volume[.controllerExpand] = try Self.reference(.controllerExpand, parameters.secrets, context)
            volume[.nodeStage] = try Self.reference(.nodeStage, parameters.secrets, context)
            volume[.nodePublish] = try Self.reference(.nodePublish, parameters.secrets, context)
            volume[.nodeExpand] = try Self.reference(.nodeExpand, parameters.secrets, context)
        case .monitors(_, let credentials):
            provisioner = Self.converted(credentials.adminSecret)
            provisionerUser = credentials.adminID
            if let name = credentials.userSecretName, let own = context.claimNamespace {
                volume[.nodeStage] = SecretReference(namespace: credentials.userSecretNamespace ?? own, name: name)
            }
        }
        if volume[.controllerExpand] == nil { volume[.controllerExpand] = provisioner ?? volume[.nodeStage] }
    }

    private static func reference(
        _ purpose: SecretTemplates.Purpose, _ templates: SecretTemplates, _ context: SecretContext
    ) throws(ProvisionFailure) -> KubernetesModel.SecretReference? {
        do {
            return try templates.reference(for: purpose, context).map(converted)
        } catch {
            throw ProvisionFailure(error)
        }
    }

    private static func converted(_ reference: Volumes.SecretReference) -> KubernetesModel.SecretReference {
        KubernetesModel.SecretReference(namespace: reference.namespace, name: reference.name)
    }
}
