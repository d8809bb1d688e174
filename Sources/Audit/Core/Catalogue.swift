/// Every check that there is, in the order of their ids within a family.
///
/// `KubernetesCatalogue` and `JointCatalogue` stand beside what they call, in `Kubernetes/` and `Joint/`.
public enum Catalogue {
    /// All checks.
    public static let checks: [Check] =
        PoolChecks.all + CrushChecks.all + RuleChecks.all + DistributionChecks.all + DaemonChecks.all
        + KubernetesCatalogue.all + JointCatalogue.all

    /// The check of an id, in any case; nil if there is none.
    public static func check(_ id: String) -> Check? {
        checks.first { $0.id == id.uppercased() }
    }
}
