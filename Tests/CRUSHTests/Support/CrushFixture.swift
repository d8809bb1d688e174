import Foundation

/// The maps in `Tests/Fixtures/crush`, made by crushtool of the release in their names from the `.txt` of the same name.
enum CrushFixture {
    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/crush")
        return [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    static let binaries = ["small-16.bin", "small-18.bin", "small-20.bin", "msr-20.bin"]
}
