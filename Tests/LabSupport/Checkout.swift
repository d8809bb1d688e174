import Foundation

/// The source tree that this test was built from, and what was built beside it.
public enum Checkout {
    /// The path of a file or a folder of the source tree. The sources know where that is: a test bundle may lie anywhere.
    ///
    /// - Parameter file: As seen from the tree's root: `deploy/manifests/rbac.yaml`.
    public static func path(_ file: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: file).path
    }

    /// The path of an executable of the package: in the folder that `HOLDFAST_BIN_DIR` names, else beside the test bundle,
    /// where SwiftPM puts both.
    public static func executable(_ name: String) -> String {
        let folder =
            ProcessInfo.processInfo.environment["HOLDFAST_BIN_DIR"].map { URL(filePath: $0) }
            ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        return folder.appending(path: name).path
    }
}
