namespace Acclimate.Downloads;

/// <summary>
/// The table behind <see cref="DataCatalogue"/>. Hashes and sizes are those of the files that the suites' figures were measured on;
/// addresses are public ones. Where none is known there is none: such a set is the user's to bring.
/// </summary>
internal static class DataSets
{
    private const string NoLicence = "none stated by its publishers; for measuring only";
    private const string GitHub = "https://raw.githubusercontent.com/";
    private const string Surf = GitHub + "jindongwang/transferlearning/73cb050b7e8b969b9d0ebb04a9377aa033043eb2/code/BDA/data/";
    private const string Jda = GitHub + "chamwen/JPDA/dba993a3212708c5df60229494560ebaae6081e7/data/";
    private const string Reviews = GitHub + "scikit-adaptation/skada-bench/";
    private const string ReviewsFirst = Reviews + "af0537050789583bd4e2697f9a431811b5a46873/data/amazon_review/";
    private const string ReviewsSecond = Reviews + "e04399f55724b1accbed8ae1050e3c6c73fd481a/data/amazon_review/";
    private const string Convnet = GitHub + "karpathy/convnetjs/39afa8cd5e4cfb5771dc8a1f51bc56aa080f0b51/demo/cifar10/";
    private const string ConvnetDemo = "https://cs.stanford.edu/people/karpathy/convnetjs/demo/cifar10/";
    private static readonly string[] Mnist = ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"];

    public static IReadOnlyList<DataSetEntry> All { get; } =
    [
        new("office_caltech10_surf", "Office+Caltech10, SURF bags of words, four domains", NoLicence,
        [
            File("office_caltech10_surf/Caltech10_SURF_L10.mat", 150_751, "4f9334c8ced489d5054de97a5fd51a61f017f3bcd1f38c9a85c6d78cb9d7bda5", Surf),
            File("office_caltech10_surf/amazon_SURF_L10.mat", 104_970, "df32548b994e18d364c99e1f317e1fae100597259f0423a41b90f4f68187bb1f", Surf),
            File("office_caltech10_surf/webcam_SURF_L10.mat", 32_406, "a6a9c78b4b7181dfbb58bcfd351d4ebd737f171c31247b8884948aa156d3f700", Surf),
            File("office_caltech10_surf/dslr_SURF_L10.mat", 18_348, "44d673c68e1d07b837893aa74dba3b986e4a6cc3fd66f0dd357683bdef059216", Surf),
        ]),
        new("mnist_usps_jda", "the JDA paper's digits: 2,000 of MNIST, 1,800 of USPS", NoLicence,
        [
            File("mnist_usps_jda/MNIST_vs_USPS.mat", 3_303_450, "2b87e5a793e77826417e6c483e0850d6666c9746717bce2561db43f3f30efd4d", Jda),
            File("mnist_usps_jda/USPS_vs_MNIST.mat", 3_303_450, "77d2df99e2aab8a722c8d4ff7c93a92d8b29d409a065f12e972168d1089e2971", Jda),
        ]),
        new("amazon_reviews_400", "Amazon reviews of four kinds of products, 400 features", NoLicence,
        [
            File("amazon_reviews_400/books_400.mat", 356_724, "7a53b54f0c0e81e7ee4774d762a927399cede9a802a2409732ba00cc1c23a17a", ReviewsFirst),
            File("amazon_reviews_400/dvd_400.mat", 360_255, "13a71d399f9c7ae57064952979c830455057ffd0a8da73f2c9075338d64d98ce", ReviewsSecond),
            File("amazon_reviews_400/elec_400.mat", 316_867, "f1dd6e01c1eed956d3abe6493a6bb5efc95e6585b8b9b2d856c0c07e12893a35", ReviewsSecond),
            File("amazon_reviews_400/kitchen_400.mat", 287_938, "b1f4e5ddfbd7b37ad2638fccbf83bd8558abf63b3e8d69a9d5bca77b1a49fed5", ReviewsFirst),
        ]),
        new("mnist", "MNIST, 60,000 + 10,000 digits", "CC BY-SA 3.0, as Keras's documentation states it",
        [
            // The pictures' second hash is of the same contents, compressed again.
            File("mnist/train-images-idx3-ubyte.gz", 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", Mnist)
                with { Also = ["0b367032e93c5d0cea0925647cfdb18614af8ee15f83e6f2fc2ad904a6835971"] },
            File("mnist/train-labels-idx1-ubyte.gz", 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", Mnist),
            File("mnist/t10k-images-idx3-ubyte.gz", 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", Mnist)
                with { Also = ["a099c5cbed9005941904202c3dc1fea19ea68d1bbbdfb713a7a390d877d62432"] },
            File("mnist/t10k-labels-idx1-ubyte.gz", 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", Mnist),
        ]),
        new("usps", "USPS, 7,291 + 2,007 digits, as NumPy arrays x_train, y_train, x_test, y_test", NoLicence,
        [
            File("usps/usps.npz", 2_408_968, "048eff1559b94d18b77aba7c4c6ecde45b23a4b9ffb54295d885eff994744e3d"),
        ]),
        new("mnist_m", "MNIST-M's test part: 9,001 digits over photographs, a folder a class", NoLicence,
        [
            Folder("mnist_m", 17_875_817, "ce19657b35f53b9fac67800b75436b041c7d80927e61accfe4ef4ca2dd560beb"),
        ]),
        new("pacs", "PACS, an evenly spaced 30 % of it: four domains, a folder a class", NoLicence,
        [
            Folder("pacs/photo", 12_332_893, "b0088d7b383028a8e38e942a12ee0991aaedd54fcce1cf5aa251b28d41924f19"),
            Folder("pacs/art_painting", 16_009_828, "d629c809c1e35ec0a33ddc81f2320558ddff7466a44cc3d5507876166ff0dffe"),
            Folder("pacs/cartoon", 12_693_914, "6cce0cba23be8b57e3fc38d0e9e5dcafd3f872425734cd2292f7ace6680b2784"),
            Folder("pacs/sketch", 16_206_531, "fa186eb504dfd838864c66cc051536d8af191bfefe24ff4acd2ce4d5c4e43607"),
        ]),
        new("weights_mobilenet", "MobileNetV1 (α = 0.25, 224, ImageNet-1K), as safetensors", "none stated with the file",
        [
            File("weights_mobilenet/mobilenet_v1_025_224.safetensors", 1_915_008, "7a173f84149a5531ab8571a20bbbfabfa1719d08d4547a2258ae3cd0dab39c78"),
        ]),
        new("cifar10", "CIFAR-10: 4,000 training and 1,000 test images, as ConvNetJS's sheets", NoLicence,
        [
            File("cifar10/cifar10_batch_0.png", 2_318_456, "0614720d69293a033786d5fe2924c4e9a9b48874f19ca4627c4662a864ee9f2d", Convnet, ConvnetDemo),
            File("cifar10/cifar10_batch_1.png", 2_326_379, "2927e26ea68602e34a7424826b76b7336ce36b8f6bcc2e9fce0c05568ff6b4c1", Convnet, ConvnetDemo),
            File("cifar10/cifar10_batch_2.png", 2_312_906, "0b2759e307bb405bb1a6531f8a0f557eaec46d7546050612fdb836f0fa60eae0", Convnet, ConvnetDemo),
            File("cifar10/cifar10_batch_3.png", 2_328_590, "a4530ff15c83886058a97c352f53f38be07d191de8f410e998e91786b5900a26", Convnet, ConvnetDemo),
            File("cifar10/cifar10_batch_50.png", 2_315_890, "5cea9e8fb7933540a2236a4bb25c1ed3a8447f345c55ae659143a95a5d8dac5e", ConvnetDemo),
            File("cifar10/cifar10_labels.js", 153_012, "f8e4cced3cb4ac08bc842380ad30f904622d1faea630a0c7e1a18bf29e39d845", ConvnetDemo),
        ]),
        new("weights_cifar10_resnet", "ResNet-20, 32, 44 and 56 trained on CIFAR-10", CifarWeights.Licence,
        [
            .. CifarWeights.All.Select(static entry => new DataSetFile($"weights_cifar10_resnet/{entry.File.Name}", entry.File)),
        ]),
    ];

    private static DataSetFile File(string path, long size, string sha256, params string[] folders)
    {
        string name = path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return new(path, new PublishedFile(name, [.. folders.Select(folder => new Uri(folder + name))], sha256, size));
    }

    private static DataSetFile Folder(string path, long size, string sha256) => new(path, new PublishedFile(path, [], sha256, size)) { IsFolder = true };
}
