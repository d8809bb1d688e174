import KubernetesModel
import Provisioner
import Volumes

/// One claim that gets a volume: what is to be done and as whom.
struct ProvisionJob: Sendable {
    /// What follows from the claim and its class, made by the same code that serves claims in a cluster.
    let plan: ProvisioningPlan
    /// Whether the claim's UID is the API's; otherwise it was derived from its name.
    let hasAssignedUID: Bool
    /// Whose credentials make the image; nil for those of the command line.
    let credentials: CephCredentials?
    /// Where the claim was written.
    let place: SourcePlace

    /// The claim in messages.
    var label: String { plan.claim.key.description }

    /// The image that the volume gets, `pool/name`, where the volume's name tells it.
    var imageSpec: String {
        let location = PoolLocation(pool: plan.parameters.pool, radosNamespace: plan.parameters.radosNamespace ?? "")
        let uuid = plan.volumeName.dropFirst("pvc-".count)
        return "\(location)/\(plan.parameters.recipe.namePrefix)\(uuid)"
    }

    /// The PV to apply for a volume that was made.
    func persistentVolume(of volume: ProvisionedVolume, settings: ProvisionerSettings) -> PersistentVolume {
        var result = plan.persistentVolume(of: volume, settings: settings)
        if !hasAssignedUID, var claim = result.claim {
            // The API will give the claim a UID of its own, and the binder takes any claim of this name then.
            claim.json["uid"] = nil
            claim.json["resourceVersion"] = nil
            result.claim = claim
        }
        return result
    }
}
