import Foundation

/// Ceph's own tool, the oracle for the map's forms.
enum CrushTool {
    /// What a run printed, and its exit code.
    struct Answer {
        var status: Int32
        var output: [UInt8]
        var errors: String

        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Where it is; nil if this machine has none.
    static let path = ["/usr/bin/crushtool", "/usr/local/bin/crushtool"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// Runs it, or another program, in a folder of its own that holds `input` as the file `in`; what it writes to `out` comes back.
    ///
    /// A run that takes longer than ten seconds is ended and counts as a failure.
    static func run(
        _ arguments: [String], input: [UInt8], program: String? = path
    ) throws -> (answer: Answer, written: [UInt8]?) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "crush-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(input).write(to: folder.appending(path: "in"))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/timeout")
        process.arguments = ["10", program ?? "crushtool"] + arguments
        process.currentDirectoryURL = folder
        // Through files, as a pipe that nobody reads fills up.
        let output = folder.appending(path: "stdout")
        let errors = folder.appending(path: "stderr")
        try Data().write(to: output)
        try Data().write(to: errors)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let answer = Answer(
            status: process.terminationStatus, output: [UInt8](try Data(contentsOf: output)),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
        let written = folder.appending(path: "out")
        guard FileManager.default.fileExists(atPath: written.path) else { return (answer, nil) }
        return (answer, [UInt8](try Data(contentsOf: written)))
    }
}
