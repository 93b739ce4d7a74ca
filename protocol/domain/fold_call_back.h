// The fold of a call back's events (fold.h); for fold.cc alone.
#pragma once

#include "protocol/domain/fold.h"

namespace opora::protocol {

FoldResult fold_call_back(CallBackState& s, const Envelope& env, const CallBackOpened& e);
FoldResult fold_call_back(CallBackState& s, const Envelope& env, const CallBackAsked& e);
FoldResult fold_call_back(CallBackState& s, const Envelope& env, const CallBackClaimed& e);
FoldResult fold_call_back(CallBackState& s, const Envelope& env, const CallBackTried& e);
FoldResult fold_call_back(CallBackState& s, const Envelope& env, const CallBackMet& e);
FoldResult fold_call_back(CallBackState& s, const Envelope& env, const CallBackRouted& e);

}  // namespace opora::protocol
