#include "protocol/codec/capnp_frame.h"
#include "protocol/codec/link_codec.h"
#include "protocol/codec/link_fields.h"
#include "protocol/schema/link.capnp.h"

namespace opora::protocol {
namespace {

// Desk numbers are 1…99.
constexpr std::size_t kMaxDesks = 99;

void write(schema::EnrolFrame::Builder out, const Enrol& in) {
  auto enrol = out.initEnrol();
  enrol.setVersion(in.version);
  enrol.setSite(in.site.v);
  enrol.setSecret(data_of(in.secret));
  enrol.setKey(data_of(in.key));
  enrol.setSoftware(in.software);
}

void write(schema::EnrolFrame::Builder out, const Enrolled& in) {
  OPORA_CHECK(in.desks.size() <= kMaxDesks);
  auto enrolled = out.initEnrolled();
  enrolled.setSite(in.site.v);
  enrolled.setName(in.name);
  enrolled.setZone(in.zone);
  auto desks = enrolled.initDesks(static_cast<unsigned>(in.desks.size()));
  for (unsigned i = 0; i < desks.size(); ++i) {
    desks[i].setNo(in.desks[i].no.v);
    desks[i].setName(in.desks[i].name);
  }
}

void write(schema::EnrolFrame::Builder out, const Refused& in) {
  out.initRefused().setCode(static_cast<std::uint8_t>(in.code));
}

Enrol read(FieldCheck& check, schema::Enrol::Reader in) {
  Enrol out;
  out.version = in.getVersion();
  out.site = check.site("site", in.getSite());
  out.secret = check.id<EnrolSecret>("secret", in.getSecret());
  out.key = check.id<LinkKey>("key", in.getKey());
  out.software = check.text("software", in.getSoftware());
  return out;
}

Enrolled read(FieldCheck& check, schema::Enrolled::Reader in) {
  Enrolled out;
  out.site = check.site("site", in.getSite());
  out.name = check.name("name", in.getName());
  out.zone = check.text("zone", in.getZone());
  const auto desks = in.getDesks();
  if (desks.size() > kMaxDesks) check.fail("desks", "too many");
  if (!check.ok()) return out;
  for (auto desk : desks)
    out.desks.push_back({DeskNo{desk.getNo()}, check.name("desks.name", desk.getName())});
  return out;
}

Refused read(FieldCheck&, schema::Refused::Reader in) {
  const std::uint8_t raw = in.getCode();
  const bool known = raw >= 1 && raw <= static_cast<std::uint8_t>(EnrolRefusal::kFailed);
  return Refused{known ? static_cast<EnrolRefusal>(raw) : EnrolRefusal::kFailed};
}

template <class T>
Result<EnrolMessage> checked(const FieldCheck& check, T message) {
  if (!check.ok()) return check.error();
  return EnrolMessage(std::move(message));
}

Result<EnrolMessage> read_message(schema::EnrolFrame::Reader in) {
  FieldCheck check;
  switch (in.which()) {
    case schema::EnrolFrame::ENROL: {
      auto message = read(check, in.getEnrol());
      return checked(check, std::move(message));
    }
    case schema::EnrolFrame::ENROLLED: {
      auto message = read(check, in.getEnrolled());
      return checked(check, std::move(message));
    }
    case schema::EnrolFrame::REFUSED: return checked(check, read(check, in.getRefused()));
  }
  return invalid("", "a message of a later version");
}

}  // namespace

Bytes encode_enrol(const EnrolMessage& in) {
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<schema::EnrolFrame>();
  std::visit([&root](const auto& m) { write(root, m); }, in);
  return message_bytes(message);
}

Result<EnrolMessage> decode_enrol(std::string_view bytes) {
  if (bytes.size() > kMaxEnrolAnswerBytes) return corrupt("", "frame over the limit");
  return with_message<schema::EnrolFrame>(bytes, read_message);
}

}  // namespace opora::protocol
