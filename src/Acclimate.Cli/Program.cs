System.Console.WriteLine("acclimate");
return 0;
