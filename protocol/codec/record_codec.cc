#include "protocol/codec/record_codec.h"

#include <optional>
#include <utility>

#include "protocol/base/hash.h"
#include "protocol/base/utf8.h"
#include "protocol/codec/message.h"
#include "protocol/codec/seal.h"
#include "protocol/schema/record.capnp.h"

namespace opora::protocol {
namespace {

using message::corrupt;

bool valid_envelope(const Envelope& env) {
  return env.origin.v <= kMaxSiteNo && env.n.v >= 1 && env.type != EventType{};
}

bool valid_sealed(std::string_view sealed) {
  return sealed.empty() ||
         (sealed.size() >= kSealOverheadBytes && sealed.size() <= kMaxPersonalBytes);
}

Result<RecordView> read_record(schema::Record::Reader in) {
  RecordView out;
  Envelope& env = out.env;
  const bool ids = message::get_id(in.getIncarnation(), env.incarnation) &&
                   message::get_id(in.getCommand(), env.command) &&
                   message::get_id(in.getPrev(), env.prev) &&
                   message::get_id(in.getActor(), env.actor) &&
                   message::get_id(in.getAggregate(), env.aggregate);
  if (!ids) return corrupt("an id of the wrong size");
  env.origin = SiteNo(in.getOrigin());
  env.n = StreamPos(in.getN());
  env.hlt = Hlt{in.getHlt()};
  env.type = static_cast<EventType>(in.getType());
  env.schema_version = in.getSchemaVersion();
  env.term = OwnerTerm(in.getTerm());
  env.seq = OwnerSeq(in.getSeq());
  if (!valid_envelope(env)) return corrupt("an impossible envelope");
  out.facts = message::view(in.getFacts());
  out.sealed_personal = message::view(in.getPersonal());
  if (out.facts.size() > kMaxFactsBytes) return corrupt("facts over the limit of size");
  if (!valid_sealed(out.sealed_personal)) return corrupt("a personal part of impossible size");
  return out;
}

// Plain text that seals to at most kMaxPersonalBytes.
constexpr std::size_t kMaxPlainBytes = kMaxPersonalBytes - kSealOverheadBytes;

Bytes write_personal(const Personal& personal) {
  if (personal.empty()) return {};
  return message::to_bytes<schema::Personal>([&](schema::Personal::Builder out) {
    auto fields = out.initFields(static_cast<unsigned>(personal.size()));
    unsigned i = 0;
    for (const auto& [name, text] : personal) {
      auto field = fields[i++];
      field.setName(static_cast<std::uint16_t>(name));
      message::set_text(text, [&](unsigned size) { return field.initText(size); });
    }
  });
}

Error too_large(std::string path) {
  return Error{Code::kTooLarge, std::move(path), "over the limit of size"};
}

// The encoded size is not looked at.
std::optional<Error> broken_rule(const Personal& personal) {
  for (const auto& [name, text] : personal) {
    const std::string path = "personal." + std::to_string(static_cast<unsigned>(name));
    if (name == PersonalField{}) return invalid(path, "not a field");
    if (text.size() > kMaxPlainBytes) return too_large(path);
    if (!is_utf8(text)) return invalid(path, "not UTF-8");
  }
  return std::nullopt;
}

// Ascending names: one form for one map, and no name twice.
Result<Personal> read_personal(schema::Personal::Reader in) {
  Personal out;
  std::uint16_t last = 0;
  for (const auto field : in.getFields()) {
    if (field.getName() <= last) return corrupt("personal fields out of order");
    last = field.getName();
    const std::string_view text = message::view(field.getText());
    if (!is_utf8(text)) return corrupt("personal text that is not UTF-8");
    out.emplace_hint(out.end(), static_cast<PersonalField>(last), text);
  }
  if (out.empty()) return corrupt("a personal part without fields");
  return out;
}

}  // namespace

Bytes encode_record(const Envelope& env, std::string_view facts, std::string_view sealed_personal) {
  OPORA_CHECK(valid_envelope(env));
  OPORA_CHECK(facts.size() <= kMaxFactsBytes && valid_sealed(sealed_personal));
  Bytes bytes = message::to_bytes<schema::Record>([&](schema::Record::Builder out) {
    out.setOrigin(env.origin.v);
    out.setIncarnation(message::data(env.incarnation.view()));
    out.setN(env.n.v);
    out.setCommand(message::data(env.command.view()));
    out.setPrev(message::data(env.prev.view()));
    out.setHlt(env.hlt.v);
    out.setActor(message::data(env.actor.view()));
    out.setType(static_cast<std::uint16_t>(env.type));
    out.setSchemaVersion(env.schema_version);
    out.setAggregate(message::data(env.aggregate.view()));
    out.setTerm(env.term.v);
    out.setSeq(env.seq.v);
    if (!facts.empty()) out.setFacts(message::data(facts));
    if (!sealed_personal.empty()) out.setPersonal(message::data(sealed_personal));
  });
  OPORA_CHECK(bytes.size() <= kMaxRecordBytes);
  return bytes;
}

Result<RecordView> decode_record(std::string_view bytes) {
  return message::from_bytes<RecordView, schema::Record>(bytes, kMaxRecordBytes, read_record);
}

Result<Facts> Vocabulary::decode(const Envelope& env, std::string_view bytes) const {
  if (!knows(env.type)) return Facts{};
  return decode_facts(env.type, env.schema_version, bytes);
}

Result<Bytes> encode_if_valid(const Personal& personal) {
  if (auto error = broken_rule(personal)) return *error;
  Bytes bytes = write_personal(personal);
  if (bytes.size() > kMaxPlainBytes) return too_large("personal");
  return bytes;
}

Status validate_personal(const Personal& personal) {
  const auto bytes = encode_if_valid(personal);
  return bytes.ok() ? ok_status() : Status(bytes.error());
}

Bytes encode_personal(const Personal& personal) {
  auto bytes = encode_if_valid(personal);
  OPORA_CHECK(bytes.ok());
  return std::move(*bytes);
}

Result<Personal> decode_personal(std::string_view bytes) {
  if (bytes.empty()) return Personal{};
  return message::from_bytes<Personal, schema::Personal>(bytes, kMaxPlainBytes, read_personal);
}

ChainHash chain_of(const ChainHash& prev, std::string_view record_bytes) {
  return hash256({prev.view(), record_bytes});
}

}  // namespace opora::protocol
