// Shapes that more than one service has.
#pragma once

#include "cloud/sqs.h"
#include "cloud/tag.h"
#include "wire/shape.h"

namespace doorbuster::wire {

template <>
const Shape Reflect<cloud::MessageAttributeValue>::shape;
template <>
const Shape Reflect<cloud::Tag>::shape;
template <>
const Shape Reflect<cloud::BatchResultErrorEntry>::shape;

}  // namespace doorbuster::wire
