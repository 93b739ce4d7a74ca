#include "protocol/codec/call_back_codec.h"

#include "protocol/base/check.h"
#include "protocol/codec/message.h"
#include "protocol/codec/record_codec.h"

namespace opora::protocol {

namespace {

using message::number;
using message::view;

void put(const QueuePlace& f, schema::QueuePlace::Builder out) {
  out.setQueue(f.queue);
  out.setEnteredAt(f.entered_at.v);
  out.setPriority(f.priority);
  out.setSkills(f.skills);
}

QueuePlace place_of(schema::QueuePlace::Reader in) {
  return {in.getQueue(), TimeMs{in.getEnteredAt()}, in.getPriority(), in.getSkills()};
}

bool get(schema::CallBackOpened::Reader in, CallBackOpened& f) {
  f.lost_at = TimeMs{in.getLostAt()};
  f.desk = DeskNo(in.getDesk());
  f.line = view(in.getLine());
  f.zone_offset_min = in.getZoneOffsetMin();
  f.again_at = TimeMs{in.getAgainAt()};
  f.limit = in.getLimit();
  f.place = place_of(in.getPlace());
  return message::get_id(in.getCall(), f.call) &&
         message::get_optional_id(in.getJourney(), f.journey);
}

bool get(schema::CallBackAsked::Reader in, CallBackAsked& f) {
  f.lost_at = TimeMs{in.getLostAt()};
  f.place = place_of(in.getPlace());
  return message::get_id(in.getCall(), f.call);
}

bool get(schema::CallBackClaimed::Reader in, CallBackClaimed& f) {
  f = {std::string(view(in.getBy())), TimeMs{in.getAt()}, TimeMs{in.getUntil()}};
  return true;
}

bool get(schema::CallBackTried::Reader in, CallBackTried& f) {
  f.result = CallBackResult{in.getResult()};
  f.by = view(in.getBy());
  f.at = TimeMs{in.getAt()};
  f.again_at = TimeMs{in.getAgainAt()};
  f.end = CallBackEnd{in.getEnd()};
  return true;
}

bool get(schema::CallBackMet::Reader in, CallBackMet& f) {
  f.how = CallBackEnd{in.getHow()};
  return message::get_id(in.getCall(), f.call);
}

bool get(schema::CallBackRouted::Reader in, CallBackRouted& f) {
  f = {SiteNo(in.getTo()), TimeMs{in.getUntil()}, StreamPos{in.getValidThrough()}};
  return true;
}

template <class Root, class F>
Result<Facts> read(std::string_view bytes) {
  return message::from_bytes<Facts, Root>(bytes, kMaxFactsBytes,
                                          [](typename Root::Reader in) -> Result<Facts> {
                                            F facts;
                                            if (!get(in, facts))
                                              return message::corrupt("an id of the wrong size");
                                            return Facts(std::move(facts));
                                          });
}

}  // namespace

Bytes write_call_back(const CallBackOpened& f) {
  return message::to_bytes<schema::CallBackOpened>([&](schema::CallBackOpened::Builder out) {
    out.setCall(message::data(f.call.view()));
    out.setLostAt(f.lost_at.v);
    out.setDesk(f.desk.v);
    OPORA_SET_TEXT(out, Line, f.line);
    out.setZoneOffsetMin(f.zone_offset_min);
    out.setAgainAt(f.again_at.v);
    out.setLimit(f.limit);
    if (f.place != QueuePlace{}) put(f.place, out.initPlace());
    if (!f.journey.is_zero()) out.setJourney(message::data(f.journey.view()));
  });
}

Bytes write_call_back(const CallBackAsked& f) {
  return message::to_bytes<schema::CallBackAsked>([&](schema::CallBackAsked::Builder out) {
    out.setCall(message::data(f.call.view()));
    out.setLostAt(f.lost_at.v);
    if (f.place != QueuePlace{}) put(f.place, out.initPlace());
  });
}

Bytes write_call_back(const CallBackClaimed& f) {
  return message::to_bytes<schema::CallBackClaimed>([&](schema::CallBackClaimed::Builder out) {
    OPORA_SET_TEXT(out, By, f.by);
    out.setAt(f.at.v);
    out.setUntil(f.until.v);
  });
}

Bytes write_call_back(const CallBackTried& f) {
  return message::to_bytes<schema::CallBackTried>([&](schema::CallBackTried::Builder out) {
    out.setResult(number(f.result));
    OPORA_SET_TEXT(out, By, f.by);
    out.setAt(f.at.v);
    out.setAgainAt(f.again_at.v);
    out.setEnd(number(f.end));
  });
}

Bytes write_call_back(const CallBackMet& f) {
  return message::to_bytes<schema::CallBackMet>([&](schema::CallBackMet::Builder out) {
    out.setCall(message::data(f.call.view()));
    out.setHow(number(f.how));
  });
}

Bytes write_call_back(const CallBackRouted& f) {
  return message::to_bytes<schema::CallBackRouted>([&](schema::CallBackRouted::Builder out) {
    out.setTo(f.to.v);
    out.setUntil(f.until.v);
    out.setValidThrough(f.valid_through.v);
  });
}

Result<Facts> read_call_back(EventType type, std::string_view bytes) {
  switch (type) {
    case EventType::kCallBackOpened: return read<schema::CallBackOpened, CallBackOpened>(bytes);
    case EventType::kCallBackAsked: return read<schema::CallBackAsked, CallBackAsked>(bytes);
    case EventType::kCallBackClaimed: return read<schema::CallBackClaimed, CallBackClaimed>(bytes);
    case EventType::kCallBackTried: return read<schema::CallBackTried, CallBackTried>(bytes);
    case EventType::kCallBackMet: return read<schema::CallBackMet, CallBackMet>(bytes);
    case EventType::kCallBackRouted: return read<schema::CallBackRouted, CallBackRouted>(bytes);
    default: break;
  }
  OPORA_CHECK(false);
  return Facts{};
}

}  // namespace opora::protocol
