import Foundation
import LabSupport
import Testing
import Vocabulary

/// The client that nodes really use: Linux's own, in a guest, because this machine's kernel may have none.
@Suite(.startsCeph, .attachesVolumes, .bootsGuests, .timeLimit(.minutes(10))) struct KernelClientTests {
    private static let files = 400

    @Test func whatTheKernelHasAcknowledgedIsThereThoughAHostWasLost() async throws {
        try await Guest.withAddress {
            var options = CephLab.durable
            options.address = Guest.address
            try await CephLab.with(options) { ceph in
                try await Node.with(ceph) { node in
                    let volume = try await Volume.provision("1Gi", on: ceph, in: node.folder)
                    let written = try await write(volume, on: ceph, node)
                    try await checkACopy(of: volume, node, against: written)
                }
            }
        }
    }

    /// Has a guest write, loses a host meanwhile and brings it back; gives what was acknowledged.
    private func write(_ volume: Volume, on ceph: CephLab, _ node: Node) async throws -> [String: String] {
        let guest = try await Guest.boot(
            volume, files: Self.files, on: ceph, log: node.folder.appending(path: "guest.log"))
        try await guest.hasWritten(50, deadline: .in(.seconds(180)))
        try await ceph.fault(.kill, "host-1")
        try await eventually("the monitors say that host-1 is down") { try await ceph.upOSDs() == 4 }
        let before = try guest.written().count
        try await guest.hasWritten(before + 100, deadline: .in(.seconds(120)))
        let meanwhile = try guest.written().count - before
        #expect(!guest.isOff, "it was still writing")
        try await ceph.fault(.revive, "host-1")
        try await guest.powersOff(deadline: .in(.seconds(180)))
        let written = try guest.written()
        print("survival: the kernel's client: \(written.count) files acknowledged, \(meanwhile) of them without host-1")
        #expect(written.count == Self.files)
        return written
    }

    /// Compares a copy that `rbd export` has made with what was acknowledged, then damages it and compares again.
    private func checkACopy(of volume: Volume, _ node: Node, against written: [String: String]) async throws {
        let disk = try await node.attachCopy(of: volume)
        try await node.check(disk)
        let place = try await node.mount(disk)
        let found = try await sums(place)
        #expect(found == written)
        print(
            "survival: in an exported copy: \(found.filter { written[$0.key] == $0.value }.count) files as acknowledged"
        )

        let handle = try FileHandle(forUpdating: place.appending(path: "7"))
        try handle.write(contentsOf: Data("holdfast".utf8))
        try handle.close()
        let damaged = try await sums(place)
        #expect(damaged.filter { written[$0.key] != $0.value }.keys.sorted() == ["7"], "damage to the copy is seen")
        try await node.unmount()
        try await node.detach(disk)
    }

    /// The SHA-256 of each file in a folder, by its name.
    private func sums(_ folder: URL) async throws -> [String: String] {
        let lines = try await Command(["find", folder.path, "-type", "f", "-exec", "sha256sum", "{}", "+"]).run()
        let pairs = lines.split(separator: "\n").map { line in
            (URL(filePath: String(line.dropFirst(66))).lastPathComponent, String(line.prefix(64)))
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
