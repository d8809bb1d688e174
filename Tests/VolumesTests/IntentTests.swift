import TestSupport
import Testing

@testable import Volumes

@Suite struct IntentTests {
    @Test func readsBackWhatItWrites() throws {
        let uuid = VolumeUUID(named: "a", in: [])
        let intent = Intent(
            kind: .delete, uuid: uuid, name: try VolumeName("pvc-\(uuid)"), imageName: "csi-vol-\(uuid)",
            claimNamespace: "team", claimName: "data", retentionSeconds: 3600)
        let bytes = try intent.encoded()
        #expect(try Intent(key: uuid.text, decoding: bytes) == intent)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"image":"csi-vol-\#(uuid)","keep":3600,"ns":"team","op":"delete","pv":"pvc-\#(uuid)","pvc":"data","v":1}"#
        )
    }

    @Test(arguments: [
        #"{"v":2,"op":"create","pv":"pvc-a","image":"i"}"#, #"{"v":1,"op":"move","pv":"pvc-a","image":"i"}"#,
        #"{"v":1,"op":"create"}"#, "{}", "", "null", "\u{0}", #"{"v":1,"op":"create","pv":"UPPER","image":"i"}"#,
    ])
    func refusesWhatItDoesNotKnow(text: String) {
        #expect(throws: VolumeError.self) {
            try Intent(key: VolumeUUID(named: "a", in: []).text, decoding: Array(text.utf8))
        }
    }

    @Test func tellsANewerVersion() {
        let error = #expect(throws: VolumeError.self) {
            try Intent(
                key: VolumeUUID(named: "a", in: []).text, decoding: Array(#"{"v":7,"anything":[1]}"#.utf8))
        }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("version 7") == true)
    }

    @Test func readsGarbageWithoutHarm() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0..<200, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            #expect(throws: VolumeError.self, "seed \(seed)") {
                try Intent(key: VolumeUUID(named: "a", in: []).text, decoding: bytes)
            }
        }
    }
}
