// Amazon S3: its shapes and operations.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
#include "cloud/s3.h"

#include "wire/common_shapes.h"
#include "wire/operations.h"
#include "wire/s3_conversions.h"
#include "wire/s3_wording.h"

namespace doorbuster::wire {

// A structure's shape of its own name, where the type has more than one.
#define NAMED_STRUCTURE(shape_name, Type, ...)                                             \
  namespace {                                                                              \
  struct shape_name##_fields {                                                             \
    using Self = Type;                                                                     \
    static constexpr Field all[] = {__VA_ARGS__};                                          \
  };                                                                                       \
  constexpr Shape shape_name{.kind = Kind::structure, .fields = shape_name##_fields::all}; \
  }
#define HEADER(member, header_name) FIELD(member, .place = Place::header, .at = (header_name))
#define HEADER_AS(member, its_shape, header_name) \
  FIELD_AS(member, its_shape, .place = Place::header, .at = (header_name))
#define QUERY(member, parameter) FIELD(member, .place = Place::query, .at = (parameter))
#define INLINED(member, shape, ...) \
  FIELD_AS(member, shape, .place = Place::inlined __VA_OPT__(, ) __VA_ARGS__)
#define BUCKET FIELD(Bucket, .place = Place::bucket)
#define KEY FIELD(Key, .place = Place::key)
#define METADATA FIELD(Metadata, .place = Place::header_prefix, .at = "x-amz-meta-")
#define TAGGING HEADER_AS(Tagging, tagging_shape, "x-amz-tagging")
#define FLAT(member, name) FIELD(member, .xml = (name), .flat = true)

// The API's own names, in documents, where cloud/ leaves a part of them out.
#define HEADER_NAMED(member, name, header_name) \
  FIELD(member, .place = Place::header, .at = (header_name), .document = (name))
#define QUERY_NAMED(member, name, parameter) \
  FIELD(member, .place = Place::query, .at = (parameter), .document = (name))

namespace {

constexpr const Shape& tagging_shape = Converted<store_tagging, load_tagging>::shape;
constexpr const Shape& copy_source_shape = Converted<store_copy_source, load_copy_source>::shape;
constexpr const Shape& names_shape = Converted<store_names, load_names>::shape;
constexpr const Shape& encoding_shape = Converted<store_encoding, load_encoding>::shape;
constexpr const Shape& count_shape = Converted<store_count, load_count>::shape;
constexpr Shape trailer_shape{.kind = Kind::body};  // only its place counts

constexpr Field prefix_fields[] = {{.name = "Prefix", .shape = &key_shape, .address = itself}};
constexpr Shape prefix_shape{.kind = Kind::structure, .fields = prefix_fields};
constexpr Shape prefixes_shape = list_of(Reflect<std::vector<std::string>>::shape, prefix_shape);
#define COMMON_PREFIXES FIELD_AS(CommonPrefixes, prefixes_shape, .flat = true)

}  // namespace

// --- Parts of several -------------------------------------------------------------------------

NAMED_STRUCTURE(checksum_headers, cloud::Checksums,
                HEADER_NAMED(CRC32, "ChecksumCRC32", "x-amz-checksum-crc32"),
                HEADER_NAMED(CRC32C, "ChecksumCRC32C", "x-amz-checksum-crc32c"),
                HEADER_NAMED(CRC64NVME, "ChecksumCRC64NVME", "x-amz-checksum-crc64nvme"),
                HEADER_NAMED(SHA1, "ChecksumSHA1", "x-amz-checksum-sha1"),
                HEADER_NAMED(SHA256, "ChecksumSHA256", "x-amz-checksum-sha256"),
                HEADER(ChecksumType, "x-amz-checksum-type"))
#define CHECKSUM_ELEMENT(member, element) FIELD(member, .xml = (element), .document = (element))
NAMED_STRUCTURE(checksum_elements, cloud::Checksums, CHECKSUM_ELEMENT(CRC32, "ChecksumCRC32"),
                CHECKSUM_ELEMENT(CRC32C, "ChecksumCRC32C"),
                CHECKSUM_ELEMENT(CRC64NVME, "ChecksumCRC64NVME"),
                CHECKSUM_ELEMENT(SHA1, "ChecksumSHA1"), CHECKSUM_ELEMENT(SHA256, "ChecksumSHA256"),
                FIELD(ChecksumType))
NAMED_STRUCTURE(object_headers, cloud::ObjectHeaders, HEADER(CacheControl, "Cache-Control"),
                HEADER(ContentDisposition, "Content-Disposition"),
                HEADER_AS(ContentEncoding, encoding_shape, "Content-Encoding"),
                HEADER(ContentLanguage, "Content-Language"), HEADER(ContentType, "Content-Type"),
                HEADER(Expires, "Expires"))
NAMED_STRUCTURE(
    response_headers, cloud::ObjectHeaders,
    QUERY_NAMED(CacheControl, "ResponseCacheControl", "response-cache-control"),
    QUERY_NAMED(ContentDisposition, "ResponseContentDisposition", "response-content-disposition"),
    QUERY_NAMED(ContentEncoding, "ResponseContentEncoding", "response-content-encoding"),
    QUERY_NAMED(ContentLanguage, "ResponseContentLanguage", "response-content-language"),
    QUERY_NAMED(ContentType, "ResponseContentType", "response-content-type"),
    QUERY_NAMED(Expires, "ResponseExpires", "response-expires"))
NAMED_STRUCTURE(read_conditions, cloud::ReadConditions, HEADER(IfMatch, "If-Match"),
                HEADER(IfNoneMatch, "If-None-Match"), HEADER(IfModifiedSince, "If-Modified-Since"),
                HEADER(IfUnmodifiedSince, "If-Unmodified-Since"))
NAMED_STRUCTURE(copy_conditions, cloud::ReadConditions,
                HEADER_NAMED(IfMatch, "CopySourceIfMatch", "x-amz-copy-source-if-match"),
                HEADER_NAMED(IfNoneMatch, "CopySourceIfNoneMatch",
                             "x-amz-copy-source-if-none-match"),
                HEADER_NAMED(IfModifiedSince, "CopySourceIfModifiedSince",
                             "x-amz-copy-source-if-modified-since"),
                HEADER_NAMED(IfUnmodifiedSince, "CopySourceIfUnmodifiedSince",
                             "x-amz-copy-source-if-unmodified-since"))
NAMED_STRUCTURE(write_conditions, cloud::WriteConditions, HEADER(IfMatch, "If-Match"),
                HEADER(IfNoneMatch, "If-None-Match"))
NAMED_STRUCTURE(copy_source, cloud::CopySource,
                Field{.name = "CopySource",
                      .shape = &copy_source_shape,
                      .address = itself,
                      .required = true,
                      .place = Place::header,
                      .at = "x-amz-copy-source"},
                INLINED(Conditions, copy_conditions))

STRUCTURE(cloud::Owner, FIELD(ID), FIELD(DisplayName));

// --- Buckets ----------------------------------------------------------------------------------

STRUCTURE(cloud::BucketRequest, BUCKET);
STRUCTURE(cloud::CreateBucketRequest, BUCKET,
          FIELD(LocationConstraint, .within = "CreateBucketConfiguration"));
STRUCTURE(cloud::HeadBucketResult, HEADER(BucketRegion, "x-amz-bucket-region"));
STRUCTURE(cloud::GetBucketLocationResult, FIELD(LocationConstraint, .place = Place::payload));
STRUCTURE(cloud::GetBucketVersioningResult, FIELD(Status));
STRUCTURE(cloud::Bucket, FIELD(Name), FIELD(CreationDate), FIELD(BucketRegion));
STRUCTURE(cloud::ListBucketsRequest, QUERY(Prefix, "prefix"), QUERY(MaxBuckets, "max-buckets"),
          QUERY(ContinuationToken, "continuation-token"), QUERY(BucketRegion, "bucket-region"));
STRUCTURE(cloud::ListBucketsResult, FIELD(Owner), FIELD(Buckets, .always = true, .item = "Bucket"),
          FIELD(ContinuationToken), FIELD(Prefix));
STRUCTURE(cloud::PutBucketTaggingRequest, BUCKET,
          FIELD(TagSet, .required = true, .item = "Tag", .within = "Tagging"));
STRUCTURE(cloud::GetBucketTaggingResult, FIELD(TagSet, .always = true, .item = "Tag"));
STRUCTURE(cloud::PutBucketPolicyRequest, BUCKET, FIELD(Policy, .place = Place::payload));
STRUCTURE(cloud::GetBucketPolicyResult, FIELD(Policy, .place = Place::payload));
STRUCTURE(cloud::CORSRule, FIELD(ID), FLAT(AllowedHeaders, "AllowedHeader"),
          FLAT(AllowedMethods, "AllowedMethod"), FLAT(AllowedOrigins, "AllowedOrigin"),
          FLAT(ExposeHeaders, "ExposeHeader"), FIELD(MaxAgeSeconds));
STRUCTURE(cloud::CORSConfiguration, FLAT(CORSRules, "CORSRule"));
STRUCTURE(cloud::PutBucketCorsRequest, BUCKET, FIELD(CORSConfiguration, .place = Place::payload));
STRUCTURE(cloud::OptionsObjectRequest, BUCKET,
          FIELD(Origin, .required = true, .place = Place::header, .at = "Origin"),
          FIELD(Method, .required = true, .place = Place::header,
                .at = "Access-Control-Request-Method"),
          HEADER_AS(Headers, names_shape, "Access-Control-Request-Headers"));
namespace {
// Said only if they are so.
void store_true(const std::optional<bool>& header, bool& value, const Wording&) {
  value = header.value_or(false);
}
void load_true(const bool& value, std::optional<bool>& header) {
  if (value) header = true;
}
constexpr const Shape& true_shape = Converted<store_true, load_true>::shape;
}  // namespace
STRUCTURE(cloud::OptionsObjectResult, HEADER(AllowOrigin, "Access-Control-Allow-Origin"),
          HEADER_AS(AllowMethods, names_shape, "Access-Control-Allow-Methods"),
          HEADER_AS(AllowHeaders, names_shape, "Access-Control-Allow-Headers"),
          HEADER_AS(ExposeHeaders, names_shape, "Access-Control-Expose-Headers"),
          HEADER(MaxAgeSeconds, "Access-Control-Max-Age"),
          HEADER_AS(AllowCredentials, true_shape, "Access-Control-Allow-Credentials"));

STRUCTURE(FilterRule, FIELD(Name), FIELD(Value, .always = true));
STRUCTURE(KeyFilter, FLAT(FilterRules, "FilterRule"));
STRUCTURE(EventFilter, FIELD(S3Key, .document = "Key"));
#define DESTINATION(element, name)                                               \
  FIELD(Id), FIELD(Arn, .required = true, .xml = (element), .document = (name)), \
      FLAT(Events, "Event"), FIELD(Filter)
STRUCTURE(TopicDestination, DESTINATION("Topic", "TopicArn"));
STRUCTURE(QueueDestination, DESTINATION("Queue", "QueueArn"));
STRUCTURE(FunctionDestination, DESTINATION("CloudFunction", "LambdaFunctionArn"));
namespace {
using Destinations = std::vector<cloud::NotificationDestination>;
// Described by what it is converted to; the list's own element is never looked at.
template <class Named>
constexpr Shape destinations_shape{
    .kind = Kind::list,
    .element = &Converted<store_named<Named>, load_named<Named>>::shape,
    .size = Reflect<Destinations>::size,
    .at = Reflect<Destinations>::at,
    .append = Reflect<Destinations>::append};
}  // namespace
STRUCTURE(cloud::NotificationConfiguration,
          FIELD_AS(TopicConfigurations, destinations_shape<TopicDestination>,
                   .xml = "TopicConfiguration", .flat = true),
          FIELD_AS(QueueConfigurations, destinations_shape<QueueDestination>,
                   .xml = "QueueConfiguration", .flat = true),
          FIELD_AS(LambdaFunctionConfigurations, destinations_shape<FunctionDestination>,
                   .xml = "CloudFunctionConfiguration", .flat = true));
STRUCTURE(cloud::PutBucketNotificationConfigurationRequest, BUCKET,
          FIELD(Configuration, .place = Place::payload, .document = "NotificationConfiguration"),
          HEADER(SkipDestinationValidation, "x-amz-skip-destination-validation"));

// --- Objects ----------------------------------------------------------------------------------

// Of chunks the length is the one without their framing.
#define UPLOAD                                                                                    \
  FIELD(Body, .place = Place::payload), HEADER(ContentLength, "Content-Length"),                  \
      HEADER(ContentLength, "x-amz-decoded-content-length"), INLINED(Checksum, checksum_headers), \
      FIELD_AS(Trailer, trailer_shape, .place = Place::trailer)
STRUCTURE(cloud::PutObjectRequest, BUCKET, KEY, UPLOAD, INLINED(Headers, object_headers), METADATA,
          HEADER(StorageClass, "x-amz-storage-class"), TAGGING,
          INLINED(Conditions, write_conditions));
STRUCTURE(cloud::PutObjectResult, HEADER(ETag, "ETag"), INLINED(Checksum, checksum_headers));
STRUCTURE(cloud::GetObjectRequest, BUCKET, KEY, HEADER(Range, "Range"),
          QUERY(PartNumber, "partNumber"), INLINED(Conditions, read_conditions),
          INLINED(Response, response_headers), HEADER(ChecksumMode, "x-amz-checksum-mode"));
#define OBJECT                                                                    \
  HEADER(ContentLength, "Content-Length"), HEADER(ContentRange, "Content-Range"), \
      INLINED(Headers, object_headers), HEADER(ETag, "ETag"),                     \
      HEADER(LastModified, "Last-Modified"), METADATA,                            \
      HEADER_AS(TagCount, count_shape, "x-amz-tagging-count"),                    \
      HEADER(PartsCount, "x-amz-mp-parts-count"), INLINED(Checksum, checksum_headers)
STRUCTURE(cloud::HeadObjectResult, OBJECT);
STRUCTURE(cloud::GetObjectResult, OBJECT, FIELD(Body, .place = Place::payload));
STRUCTURE(cloud::ObjectRequest, BUCKET, KEY);
STRUCTURE(cloud::DeleteObjectRequest, BUCKET, KEY, HEADER(IfMatch, "If-Match"));
STRUCTURE(cloud::ObjectIdentifier, FIELD(Key, .required = true), FIELD(ETag));
STRUCTURE(cloud::DeleteObjectsRequest, BUCKET,
          FIELD(Objects, .required = true, .xml = "Object", .flat = true, .within = "Delete"),
          FIELD(Quiet, .within = "Delete"));
STRUCTURE(cloud::DeletedObject, FIELD(Key));
STRUCTURE(cloud::DeleteError, FIELD(Key), FIELD(Code), FIELD(Message));
STRUCTURE(cloud::DeleteObjectsResult, FLAT(Deleted, "Deleted"), FLAT(Errors, "Error"));
STRUCTURE(cloud::CopyObjectRequest, BUCKET, KEY, INLINED(CopySource, copy_source),
          HEADER(MetadataDirective, "x-amz-metadata-directive"),
          HEADER(TaggingDirective, "x-amz-tagging-directive"), INLINED(Headers, object_headers),
          METADATA, HEADER(StorageClass, "x-amz-storage-class"), TAGGING,
          INLINED(Conditions, write_conditions));
STRUCTURE(cloud::CopyObjectResult, FIELD(LastModified, .within = "CopyObjectResult"),
          FIELD(ETag, .within = "CopyObjectResult"),
          INLINED(Checksum, checksum_elements, .within = "CopyObjectResult"));
STRUCTURE(cloud::Object, FIELD_AS(Key, key_shape), FIELD(LastModified), FIELD(ETag), FIELD(Size),
          FIELD(StorageClass), FLAT(ChecksumAlgorithm, "ChecksumAlgorithm"), FIELD(ChecksumType),
          FIELD(Owner));
STRUCTURE(cloud::ListObjectsRequest, BUCKET, QUERY(Prefix, "prefix"), QUERY(Delimiter, "delimiter"),
          QUERY(Marker, "marker"), QUERY(MaxKeys, "max-keys"),
          QUERY(EncodingType, "encoding-type"));
STRUCTURE(cloud::ListObjectsResult, FIELD(Name), FIELD_AS(Prefix, key_shape, .always = true),
          FIELD_AS(Marker, key_shape, .always = true), FIELD_AS(NextMarker, key_shape),
          FIELD(MaxKeys), FIELD_AS(Delimiter, key_shape), FIELD(EncodingType), FIELD(IsTruncated),
          FLAT(Contents, "Contents"), COMMON_PREFIXES);
STRUCTURE(cloud::ListObjectsV2Request, BUCKET, QUERY(Prefix, "prefix"),
          QUERY(Delimiter, "delimiter"), QUERY(StartAfter, "start-after"),
          QUERY(ContinuationToken, "continuation-token"), QUERY(MaxKeys, "max-keys"),
          QUERY(EncodingType, "encoding-type"), QUERY(FetchOwner, "fetch-owner"));
STRUCTURE(cloud::ListObjectsV2Result, FIELD(Name), FIELD_AS(Prefix, key_shape, .always = true),
          FIELD_AS(StartAfter, key_shape), FIELD(ContinuationToken), FIELD(NextContinuationToken),
          FIELD(KeyCount), FIELD(MaxKeys), FIELD_AS(Delimiter, key_shape), FIELD(EncodingType),
          FIELD(IsTruncated), FLAT(Contents, "Contents"), COMMON_PREFIXES);
STRUCTURE(cloud::PutObjectTaggingRequest, BUCKET, KEY,
          FIELD(TagSet, .required = true, .item = "Tag", .within = "Tagging"));
STRUCTURE(cloud::GetObjectTaggingResult, FIELD(TagSet, .always = true, .item = "Tag"));

// --- Multipart uploads ------------------------------------------------------------------------

#define UPLOAD_ID FIELD(UploadId, .required = true, .place = Place::query, .at = "uploadId")
#define PART_NUMBER FIELD(PartNumber, .required = true, .place = Place::query, .at = "partNumber")
STRUCTURE(cloud::CreateMultipartUploadRequest, BUCKET, KEY, INLINED(Headers, object_headers),
          METADATA, HEADER(StorageClass, "x-amz-storage-class"), TAGGING,
          HEADER(ChecksumAlgorithm, "x-amz-checksum-algorithm"),
          HEADER(ChecksumType, "x-amz-checksum-type"));
STRUCTURE(cloud::CreateMultipartUploadResult, FIELD(Bucket), FIELD(Key), FIELD(UploadId),
          HEADER(ChecksumAlgorithm, "x-amz-checksum-algorithm"),
          HEADER(ChecksumType, "x-amz-checksum-type"));
STRUCTURE(cloud::UploadPartRequest, BUCKET, KEY, UPLOAD_ID, PART_NUMBER, UPLOAD);
STRUCTURE(cloud::UploadPartResult, HEADER(ETag, "ETag"), INLINED(Checksum, checksum_headers));
STRUCTURE(cloud::UploadPartCopyRequest, BUCKET, KEY, UPLOAD_ID, PART_NUMBER,
          INLINED(CopySource, copy_source), HEADER(CopySourceRange, "x-amz-copy-source-range"));
STRUCTURE(cloud::UploadPartCopyResult, FIELD(LastModified, .within = "CopyPartResult"),
          FIELD(ETag, .within = "CopyPartResult"),
          INLINED(Checksum, checksum_elements, .within = "CopyPartResult"));
STRUCTURE(cloud::CompletedPart, FIELD(PartNumber, .required = true), FIELD(ETag, .required = true),
          INLINED(Checksum, checksum_elements));
STRUCTURE(cloud::CompleteMultipartUploadRequest, BUCKET, KEY, UPLOAD_ID,
          FIELD(Parts, .required = true, .xml = "Part", .flat = true, .within = "MultipartUpload"),
          INLINED(Checksum, checksum_headers), HEADER(MpuObjectSize, "x-amz-mp-object-size"),
          INLINED(Conditions, write_conditions));
STRUCTURE(cloud::CompleteMultipartUploadResult, FIELD(Bucket), FIELD(Key), FIELD(ETag),
          INLINED(Checksum, checksum_elements));
STRUCTURE(cloud::AbortMultipartUploadRequest, BUCKET, KEY, UPLOAD_ID);
STRUCTURE(cloud::ListPartsRequest, BUCKET, KEY, UPLOAD_ID,
          QUERY(PartNumberMarker, "part-number-marker"), QUERY(MaxParts, "max-parts"));
STRUCTURE(cloud::Part, FIELD(PartNumber), FIELD(LastModified), FIELD(ETag), FIELD(Size),
          INLINED(Checksum, checksum_elements));
#define OWNER_AND_INITIATOR FIELD(Owner, .xml = "Initiator", .document = "Initiator"), FIELD(Owner)
STRUCTURE(cloud::ListPartsResult, FIELD(Bucket), FIELD(Key), FIELD(UploadId), OWNER_AND_INITIATOR,
          FIELD(StorageClass), FIELD(PartNumberMarker), FIELD(NextPartNumberMarker),
          FIELD(MaxParts), FIELD(IsTruncated), FLAT(Parts, "Part"), FIELD(ChecksumAlgorithm),
          FIELD(ChecksumType));
STRUCTURE(cloud::ListMultipartUploadsRequest, BUCKET, QUERY(Prefix, "prefix"),
          QUERY(Delimiter, "delimiter"), QUERY(KeyMarker, "key-marker"),
          QUERY(UploadIdMarker, "upload-id-marker"), QUERY(MaxUploads, "max-uploads"),
          QUERY(EncodingType, "encoding-type"));
STRUCTURE(cloud::MultipartUpload, FIELD_AS(Key, key_shape), FIELD(UploadId), OWNER_AND_INITIATOR,
          FIELD(StorageClass), FIELD(Initiated), FIELD(ChecksumAlgorithm), FIELD(ChecksumType));
STRUCTURE(cloud::ListMultipartUploadsResult, FIELD(Bucket),
          FIELD_AS(KeyMarker, key_shape, .always = true), FIELD(UploadIdMarker, .always = true),
          FIELD_AS(NextKeyMarker, key_shape), FIELD(NextUploadIdMarker),
          FIELD_AS(Prefix, key_shape), FIELD_AS(Delimiter, key_shape), FIELD(EncodingType),
          FIELD(MaxUploads), FIELD(IsTruncated), FLAT(Uploads, "Upload"), COMMON_PREFIXES);

// --- Operations -------------------------------------------------------------------------------

namespace {

using On = Rest::On;

#define ROW(Name, ...) Bound<&cloud::S3::Name>::row(#Name, {__VA_ARGS__})
#define KEY_ROW(Name, Method, ...) \
  ROW(Name, .method = Method, .on = On::key __VA_OPT__(, ) __VA_ARGS__)
#define BUCKET_ROW(Name, Method, ...) \
  ROW(Name, .method = Method, .on = On::bucket __VA_OPT__(, ) __VA_ARGS__)

// The first that fits is taken: those that ask for more come before those that ask for less.
constexpr Operation operations[] = {
    KEY_ROW(UploadPartCopy, "PUT", .query = "uploadId", .header = "x-amz-copy-source",
            .output = "CopyPartResult"),
    KEY_ROW(UploadPart, "PUT", .query = "uploadId"),
    KEY_ROW(PutObjectTagging, "PUT", .query = "tagging", .input = "Tagging"),
    KEY_ROW(CopyObject, "PUT", .header = "x-amz-copy-source", .output = "CopyObjectResult"),
    KEY_ROW(PutObject, "PUT"),
    KEY_ROW(GetObjectTagging, "GET", .query = "tagging", .output = "Tagging"),
    KEY_ROW(ListParts, "GET", .query = "uploadId", .output = "ListPartsResult"),
    KEY_ROW(GetObject, "GET"),
    KEY_ROW(HeadObject, "HEAD"),
    KEY_ROW(DeleteObjectTagging, "DELETE", .query = "tagging", .status = 204),
    KEY_ROW(AbortMultipartUpload, "DELETE", .query = "uploadId", .status = 204),
    KEY_ROW(DeleteObject, "DELETE", .status = 204),
    KEY_ROW(CreateMultipartUpload, "POST", .query = "uploads",
            .output = "InitiateMultipartUploadResult"),
    KEY_ROW(CompleteMultipartUpload, "POST", .query = "uploadId",
            .input = "CompleteMultipartUpload", .output = "CompleteMultipartUploadResult",
            .locates = true),
    KEY_ROW(OptionsObject, "OPTIONS"),

    BUCKET_ROW(PutBucketTagging, "PUT", .query = "tagging", .status = 204, .input = "Tagging"),
    BUCKET_ROW(PutBucketPolicy, "PUT", .query = "policy", .status = 204),
    BUCKET_ROW(PutBucketCors, "PUT", .query = "cors", .input = "CORSConfiguration"),
    BUCKET_ROW(PutBucketNotificationConfiguration, "PUT", .query = "notification",
               .input = "NotificationConfiguration"),
    BUCKET_ROW(CreateBucket, "PUT", .input = "CreateBucketConfiguration", .locates = true),
    BUCKET_ROW(GetBucketLocation, "GET", .query = "location", .output = "LocationConstraint"),
    BUCKET_ROW(GetBucketVersioning, "GET", .query = "versioning",
               .output = "VersioningConfiguration"),
    BUCKET_ROW(GetBucketTagging, "GET", .query = "tagging", .output = "Tagging"),
    BUCKET_ROW(GetBucketPolicy, "GET", .query = "policy"),
    BUCKET_ROW(GetBucketCors, "GET", .query = "cors", .output = "CORSConfiguration"),
    BUCKET_ROW(GetBucketNotificationConfiguration, "GET", .query = "notification",
               .output = "NotificationConfiguration"),
    BUCKET_ROW(ListMultipartUploads, "GET", .query = "uploads",
               .output = "ListMultipartUploadsResult"),
    BUCKET_ROW(ListObjectsV2, "GET", .query = "list-type=2", .output = "ListBucketResult"),
    BUCKET_ROW(ListObjects, "GET", .output = "ListBucketResult"),
    BUCKET_ROW(HeadBucket, "HEAD"),
    BUCKET_ROW(DeleteBucketTagging, "DELETE", .query = "tagging", .status = 204),
    BUCKET_ROW(DeleteBucketPolicy, "DELETE", .query = "policy", .status = 204),
    BUCKET_ROW(DeleteBucketCors, "DELETE", .query = "cors", .status = 204),
    BUCKET_ROW(DeleteBucket, "DELETE", .status = 204),
    BUCKET_ROW(DeleteObjects, "POST", .query = "delete", .input = "Delete",
               .output = "DeleteResult"),
    // The same on a bucket alone.
    BUCKET_ROW(OptionsObject, "OPTIONS"),

    ROW(ListBuckets, .method = "GET", .output = "ListAllMyBucketsResult"),
};

}  // namespace

constinit const Service s3_service{
    .name = "s3",
    .wording = &s3_head_wording,
    .operations = operations,
};

}  // namespace doorbuster::wire
