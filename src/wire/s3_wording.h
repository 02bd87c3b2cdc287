// How S3 words what is wrong with the form of an input.
#pragma once

#include "wire/shape.h"

namespace doorbuster::wire {

extern const Wording s3_head_wording;
extern const Wording s3_xml_wording;

}  // namespace doorbuster::wire
