import KubernetesModel

/// What `holdfast provision` does about one claim, before its class is looked into.
enum ClaimSelection: Sendable {
    /// A volume is to be made by this class.
    case provision(ManifestCatalogue.Entry<StorageClass>)
    /// Nothing, for this reason.
    case skip(String)

    /// Decides on a claim by the rules of the API: the same claims that ``ManifestCatalogue``'s classes would make a running
    /// provisioner serve.
    ///
    /// - Throws: ``ManifestFault`` when the claim's class is in none of the files.
    init(
        of claim: ManifestCatalogue.Entry<PersistentVolumeClaim>, in catalogue: ManifestCatalogue,
        provisioners: [String]
    ) throws(ManifestFault) {
        if let volume = claim.object.volumeName {
            self = .skip("it asks for the volume \(volume)")
            return
        }
        if claim.object.storageClassName == "" {
            self = .skip("its class is \"\", which means no provisioning")
            return
        }
        let entry: ManifestCatalogue.Entry<StorageClass>
        if let name = claim.object.storageClassName {
            guard let named = catalogue.classes[name] else {
                throw ManifestFault(
                    claim.manifest.place(of: ["spec", "storageClassName"]),
                    "claim \(claim.object.key): the StorageClass \(name) is in none of the files; add its manifest with -f"
                )
            }
            entry = named
        } else {
            guard let standard = catalogue.defaultClass else {
                throw ManifestFault(
                    claim.manifest.place(of: ["spec"]),
                    "claim \(claim.object.key) names no class, and not exactly one StorageClass in the files has the "
                        + "annotation storageclass.kubernetes.io/is-default-class: \"true\"")
            }
            entry = standard
        }
        if provisioners.contains(entry.object.provisioner) {
            self = .provision(entry)
        } else {
            self = .skip(
                "class \(entry.object.metadata.name) belongs to the provisioner \(entry.object.provisioner), not to "
                    + provisioners.joined(separator: " or "))
        }
    }
}
