/// The version of this source tree, the one place where it is written.
public enum HoldfastVersion {
    /// A semantic version; `-dev` marks what has not been released.
    public static let current = "0.1.0-dev"
}
